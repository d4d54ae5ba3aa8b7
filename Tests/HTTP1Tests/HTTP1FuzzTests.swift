import Base
import HTTP1
import Testing

/// Whatever a peer sends, the parser gives requests or one typed error, the same ones however the
/// bytes are cut.
@Suite struct HTTP1FuzzTests {
    private func outcome(
        _ bytes: [UInt8], piece size: Int
    ) -> ([HTTP1Request], HTTP1Error?) {
        var parser = HTTP1RequestParser(
            limits: HTTP1Limits(headBytesMax: 200, headerCountMax: 4, bodyBytesMax: 20))
        var requests: [HTTP1Request] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + min(size, bytes.count), bytes.count)
            Array(bytes[start..<end]).withRawSpan { parser.append($0) }
            do throws(HTTP1Error) {
                while let request = try parser.next() { requests.append(request) }
            } catch {
                return (requests, error)
            }
            start = end
        }
        return (requests, nil)
    }

    @Test func `requests with changed bytes have one outcome in pieces of any size`() {
        let session = Array(
            ("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
                + "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\nGET /f HTTP/1.0\r\n\r\n").utf8)
        let replacements = Array("\r\n \t:;0f9/\u{0}\u{7f}".utf8) + [0x80, 0xff]
        for index in session.indices {
            for replacement in replacements {
                var bytes = session
                bytes[index] = replacement
                let whole = outcome(bytes, piece: .max)
                let cut = outcome(bytes, piece: 1)
                #expect(cut.0 == whole.0 && cut.1 == whole.1, "byte \(index) is \(replacement)")
            }
        }
    }

    @Test func `random pieces of protocol have one outcome in pieces of any size`() {
        var random = SeededRandom(seed: 3)
        let words = [
            "GET", " ", "/", "HTTP/1.1", "\r\n", "\r", "\n", "Host: a", "Content-Length: 3",
            "Transfer-Encoding: chunked", "\r\n\r\n", "abc", "3", "0", ":", "GET / HTTP/1.1\r\n",
        ]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 1...14, using: &random)).flatMap { _ in
                Array((words.randomElement(using: &random) ?? "").utf8)
            }
            let whole = outcome(bytes, piece: .max)
            for size in [1, 3] {
                let cut = outcome(bytes, piece: size)
                #expect(cut.0 == whole.0 && cut.1 == whole.1)
            }
        }
    }
}
