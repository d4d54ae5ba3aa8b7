internal import Schema

/// The places where bytes of strangers enter. Each takes any input without trapping, and checks on
/// the way what must hold for every input. `Fuzz` searches for inputs that break one; what it found
/// worth keeping is replayed by `FuzzTests`.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A server's connection from the bytes of its socket, preface left out.
    case http2
    /// One header block, and what gRPC makes of it.
    case headers
    /// Length-prefixed messages, compressed ones too, cut anywhere.
    case framing
    /// Requests in protobuf.
    case protobuf
    /// Requests in MessagePack.
    case messagePack
    /// Values of header fields: binary metadata, timeouts, percent encoding, content types.
    case metadata
    /// Tokens, their claims, the files of keys and tokens, and topic patterns.
    case identity

    package func run(_ input: RawSpan) {
        switch self {
        case .http2: ServerTarget.runConnection(input)
        case .headers: ServerTarget.runHeaderBlock(input)
        case .framing: FramingTarget.run(input)
        case .protobuf: MessageTarget.run(input, .protobuf)
        case .messagePack: MessageTarget.run(input, .messagePack)
        case .metadata: MetadataTarget.run(input)
        case .identity: IdentityTarget.run(input)
        }
    }
}
