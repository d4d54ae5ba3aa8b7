internal import Base
internal import Runtime

/// The frames that an HTTP/2 client sends (RFC 9113 §6), appended to a connection's output.
struct FrameWriter {
    let output: OutputBuffer

    /// Payload of one frame at most, which every server takes.
    private static let payloadMax = 16_384
    static let defaultWindow = 65_535

    private func head(_ length: Int, _ kind: UInt8, _ flags: UInt8, _ stream: UInt32) {
        output.append([
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length), kind, flags,
        ])
        number(stream)
    }

    private func number(_ value: UInt32) { output.append(Self.bytes(value)) }

    /// In network order.
    private static func bytes(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Connection preface and settings: no pushes, and the windows that we lend.
    func preface(window: Int, connectionWindow: Int) {
        output.append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        head(12, FrameReader.Kind.settings, 0, 0)
        output.append([0, 2])
        number(0)
        output.append([0, 4])
        number(UInt32(window))
        if connectionWindow > Self.defaultWindow {
            windowUpdate(connectionWindow - Self.defaultWindow, on: 0)
        }
    }

    func settingsAcknowledgement() { head(0, FrameReader.Kind.settings, 1, 0) }

    func pingAcknowledgement(_ opaque: RawSpan) {
        head(8, FrameReader.Kind.ping, 1, 0)
        output.append(opaque)
    }

    func windowUpdate(_ increment: Int, on stream: UInt32) {
        head(4, 8, 0, stream)
        number(UInt32(increment))
    }

    /// RST_STREAM with CANCEL.
    func cancel(_ stream: UInt32) {
        head(4, FrameReader.Kind.reset, 0, stream)
        number(8)
    }

    /// The head of a gRPC call: fields that enter no table, and no Huffman code (RFC 7541 §6.2.2).
    /// A token is a field that no hop may put into a table either (§6.2.3).
    func request(_ path: StaticString, to server: LoadTarget, on stream: UInt32) {
        // :method POST, and :scheme http or https
        var block: [UInt8] = [0x83, server.endpoint.tls == nil ? 0x86 : 0x87]
        block.append(0x04)
        text(path.description, &block)
        block.append(0x01)
        text(server.authority, &block)
        for (name, value) in [("te", "trailers"), ("content-type", "application/grpc")] {
            block.append(0)
            text(name, &block)
            text(value, &block)
        }
        if let token = server.token {
            block.append(0x10)
            text("authorization", &block)
            text("Bearer \(token)", &block)
        }
        precondition(block.count <= Self.payloadMax, "a header block of more than one frame")
        head(block.count, FrameReader.Kind.headers, 4, stream)
        output.append(block)
    }

    /// The length in a prefix of seven bits, or from 127 on in further bytes (RFC 7541 §5.1).
    private func text(_ text: String, _ block: inout [UInt8]) {
        let length = text.utf8.count
        if length < 127 {
            block.append(UInt8(length))
        } else {
            block.append(127)
            var rest = length - 127
            while rest >= 128 {
                block.append(UInt8(rest % 128) | 128)
                rest /= 128
            }
            block.append(UInt8(rest))
        }
        block.append(contentsOf: text.utf8)
    }

    /// A message with gRPC's prefix, in as many frames as it takes.
    func message(_ bytes: [UInt8], endsRequest: Bool, on stream: UInt32) {
        let whole = [0] + Self.bytes(UInt32(bytes.count)) + bytes
        var rest = whole[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.payloadMax)
            rest = rest.dropFirst(piece.count)
            head(piece.count, FrameReader.Kind.data, endsRequest && rest.isEmpty ? 1 : 0, stream)
            output.append(Array(piece))
        }
    }
}
