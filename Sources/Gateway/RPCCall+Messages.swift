internal import Base
package import GRPC
package import Schema

extension RPCSubtype {
    /// How the messages of such a call are encoded.
    package var codec: Codec {
        switch self {
        case .protobuf: .protobuf
        case .messagePack: .messagePack
        }
    }
}

extension RPCCall {
    /// Control path: encodes and sends one message.
    package func send(_ message: some WireMessage) {
        let output = OutputBuffer()
        message.encodeFramed(subtype.codec, into: output)
        output.copyBytes().withRawSpan { send(framed: $0) }
    }

    /// Below this, gzip saves less than its own frame and a client's time. It is also less than one
    /// packet, so nothing arrives sooner.
    private static let compressedBytesMin = 1024

    /// The one answer of a unary call; compressed if the client takes that and it is worth it.
    package func answer(_ message: some WireMessage) {
        let bytes = message.encoded(subtype.codec)
        if acceptsGzip && bytes.count >= Self.compressedBytesMin { responseEncoding = .gzip }
        bytes.withRawSpan { send($0, compressed: true) }
        finish(.ok)
    }

    /// The request, or nil after the call was finished with INVALID_ARGUMENT.
    package func decode<Message: WireMessage>(_ type: Message.Type, _ bytes: RawSpan) -> Message? {
        do throws(SchemaError) {
            return try Message(decoding: bytes, subtype.codec)
        } catch {
            finish(RPCStatus(.invalidArgument, error.description))
            return nil
        }
    }
}
