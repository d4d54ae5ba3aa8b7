import Base
import Load
import Testing

@testable import Load
@testable import Runtime

@Suite struct FrameWriterTests {
    /// The header block of a request, and the rest of its frame's head.
    private func block(_ target: LoadTarget) -> [UInt8] {
        let output = OutputBuffer()
        FrameWriter(output: output).request("/p.S/M", to: target, on: 1)
        let bytes = output.copyBytes()
        let length = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
        #expect(bytes.count == 9 + length)
        return Array(bytes.dropFirst(9))
    }

    @Test(arguments: [1, 119, 120, 121, 300, 4000])
    func `a token of any length is told, in a field that enters no table`(count: Int) {
        let endpoint = Endpoint(host: "127.0.0.1", port: 7400, tls: nil)
        let token = String(repeating: "t", count: count)
        let plain = block(LoadTarget(endpoint))
        let shown = block(LoadTarget(endpoint, token: token))
        #expect(shown.prefix(plain.count).elementsEqual(plain))
        var rest = Array(shown.dropFirst(plain.count))
        #expect(rest.removeFirst() == 0x10)
        #expect(text(&rest) == "authorization")
        #expect(text(&rest) == "Bearer " + token)
        #expect(rest.isEmpty)
    }

    /// Takes a string off the front (RFC 7541 §5.2).
    private func text(_ bytes: inout [UInt8]) -> String {
        var length = Int(bytes.removeFirst())
        if length == 127 {
            var shift = 0
            while true {
                let byte = bytes.removeFirst()
                length += Int(byte & 127) << shift
                shift += 7
                if byte < 128 { break }
            }
        }
        defer { bytes.removeFirst(length) }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    @Test func `a request names its scheme and its server`() {
        var endpoint = Endpoint(host: "127.0.0.1", port: 7400, tls: TLSClientOptions())
        #expect(block(LoadTarget(endpoint))[1] == 0x87)
        endpoint.tls?.serverName = "gateway"
        #expect(LoadTarget(endpoint).authority == "gateway:7400")
        endpoint.tls = nil
        #expect(block(LoadTarget(endpoint))[1] == 0x86)
        #expect(LoadTarget(endpoint).authority == "127.0.0.1:7400")
    }
}
