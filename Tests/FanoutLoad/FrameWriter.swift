internal import Base

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

    private func number(_ value: UInt32) {
        withUnsafeBytes(of: value.bigEndian) { output.append(Array($0)) }
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
    func request(_ path: StaticString, authority: String, on stream: UInt32) {
        var block: [UInt8] = [0x83, 0x86]  // :method POST, :scheme http
        block.append(0x04)
        text(path.description, &block)
        block.append(0x01)
        text(authority, &block)
        for (name, value) in [("te", "trailers"), ("content-type", "application/grpc")] {
            block.append(0)
            text(name, &block)
            text(value, &block)
        }
        head(block.count, FrameReader.Kind.headers, 4, stream)
        output.append(block)
    }

    private func text(_ text: String, _ block: inout [UInt8]) {
        precondition(text.utf8.count < 127, "longer than one byte can say")
        block.append(UInt8(text.utf8.count))
        block.append(text)
    }

    /// A message with gRPC's prefix, in as many frames as it takes.
    func message(_ bytes: [UInt8], endsRequest: Bool, on stream: UInt32) {
        var whole: [UInt8] = [0]
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { whole.append(contentsOf: $0) }
        whole += bytes
        var rest = whole[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.payloadMax)
            rest = rest.dropFirst(piece.count)
            head(piece.count, FrameReader.Kind.data, endsRequest && rest.isEmpty ? 1 : 0, stream)
            output.append(Array(piece))
        }
    }
}
