import Base
import Testing

@testable import Gateway

@Suite struct ProtocolDetectorTests {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private func verdict(
        _ bytes: [UInt8], negotiated: String? = nil
    ) -> (ProtocolDetector.Verdict?, after: Int) {
        var detector = ProtocolDetector(negotiated: negotiated)
        for (index, byte) in bytes.enumerated() {
            let verdict = [byte].withRawSpan { detector.append($0) }
            if let verdict {
                #expect(detector.bytes == Array(bytes[...index]))
                return (verdict, index + 1)
            }
        }
        return (nil, bytes.count)
    }

    @Test func `the whole preface is HTTP/2, and no byte less`() {
        #expect(verdict(Self.preface) == (.http2, after: 24))
        #expect(verdict(Self.preface.dropLast()) == (nil, after: 23))
    }

    @Test func `the first byte that leaves the preface makes it HTTP/1.1`() {
        #expect(verdict(Array("GET / HTTP/1.1\r\n".utf8)) == (.http1, after: 1))
        #expect(verdict(Array("PROPFIND / HTTP/1.1\r\n".utf8)) == (.http1, after: 3))
        #expect(verdict(Array("PRI * HTTP/1.1\r\n".utf8)) == (.http1, after: 12))
    }

    @Test func `a TLS hello is known by its first byte`() {
        #expect(verdict([0x16, 3, 1]) == (.tls, after: 1))
    }

    @Test func `what ALPN chose binds`() {
        #expect(verdict(Self.preface, negotiated: "http/1.1") == (.http1, after: 1))
        #expect(verdict(Array("GET /".utf8), negotiated: "h2") == (.http2, after: 1))
        #expect(verdict(Self.preface, negotiated: "h2") == (.http2, after: 24))
    }
}

private func == (
    left: (ProtocolDetector.Verdict?, after: Int), right: (ProtocolDetector.Verdict?, after: Int)
) -> Bool {
    left.0 == right.0 && left.after == right.after
}
