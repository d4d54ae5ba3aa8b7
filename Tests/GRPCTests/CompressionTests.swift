import Base
import Testing

@testable import GRPC

@Suite struct GzipTests {
    let gzip = Gzip()

    func compress(_ bytes: [UInt8]) -> [UInt8] { bytes.withRawSpan { gzip.compress($0) } }

    func decompress(_ bytes: [UInt8], limit: Int) throws(MessageDeframerError) -> [UInt8] {
        try bytes.withRawSpan { span throws(MessageDeframerError) in
            try gzip.decompress(span, limit: limit)
        }
    }

    @Test(arguments: [0, 1, 1023, 1024, 70_000])
    func `any message survives, exactly at the limit`(size: Int) throws {
        var random = SeededRandom(seed: UInt64(size))
        for message in [
            [UInt8](repeating: 7, count: size),
            (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) },
        ] {
            #expect(try decompress(compress(message), limit: size) == message)
        }
    }

    @Test func `a few bytes that promise many are stopped at the limit`() {
        let bomb = compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(bomb.count < 50_000)
        #expect(throws: MessageDeframerError.tooLarge(bytes: 1001, limit: 1000)) {
            try decompress(bomb, limit: 1000)
        }
        #expect(throws: MessageDeframerError.tooLarge(bytes: 1, limit: 0)) {
            try decompress(compress([1]), limit: 0)
        }
    }

    @Test func `what is cut, damaged or followed by more is refused, and the next one is not`() {
        let message = Array("the quick brown fox jumps over the lazy dog".utf8)
        let whole = compress(message)
        for count in 0..<whole.count {
            #expect(throws: MessageDeframerError.damaged) {
                try decompress(Array(whole[..<count]), limit: 100)
            }
        }
        for index in whole.indices {
            var bad = whole
            bad[index] ^= 0x55
            // A few header bytes mean nothing to anybody; never may the message come out wrong.
            if let out = try? decompress(bad, limit: 100) { #expect(out == message) }
        }
        #expect(throws: MessageDeframerError.damaged) { try decompress(whole + [0], limit: 100) }
        #expect(throws: MessageDeframerError.damaged) { try decompress(whole + whole, limit: 100) }
        #expect(throws: Never.self) { try decompress(whole, limit: 100) }
    }
}

@Suite struct GzipFrameTests {
    private let gzip = Gzip()

    private func framed(_ messages: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for message in messages {
            MessageDeframer.appendPrefix(size: message.count, to: &bytes)
            bytes += message
        }
        return bytes
    }

    private func compress(_ messages: [[UInt8]]) -> [UInt8] {
        let output = OutputBuffer()
        framed(messages).withRawSpan { gzip.compress($0, into: output) }
        return output.copyBytes()
    }

    @Test func `each message of several survives, compressed only if that makes it smaller`()
        throws
    {
        var random = SeededRandom(seed: 3)
        let messages: [[UInt8]] = [
            [UInt8](repeating: 7, count: 5000), [], [1, 2, 3],
            (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) },
            Array("bid ask bid ask bid ask bid ask bid ask bid ask".utf8),
        ]
        let bytes = compress(messages)
        #expect(bytes.count < framed(messages).count - 4900)
        var deframer = MessageDeframer(messageBytesMax: 10_000)
        var received: [[UInt8]] = []
        var flags: [Bool] = []
        try bytes.withRawSpan { span throws(MessageDeframerError) in
            try deframer.receive(span, gzip: gzip) { message, isCompressed in
                received.append(message.copyBytes())
                flags.append(isCompressed)
            }
        }
        #expect(received == messages)
        #expect(flags == [true, false, false, false, true])
        #expect(bytes.withRawSpan { MessageDeframer.count(in: $0) } == 5)
    }

    @Test func `what it cannot shrink comes out as it was`() {
        let ticks = (0..<10).map { [UInt8](repeating: UInt8($0), count: 12) }
        #expect(compress(ticks) == framed(ticks))
    }
}

@Suite struct CompressedCallTests {
    let loop = Loop()
    let text = [UInt8](repeating: 65, count: 5000)

    /// Echoes, compressed if it may, and says in its metadata how the message came.
    func echo() {
        _ = loop.record("/s/Echo") { recorder in
            recorder.onMessage = { call, message in
                call.trailingMetadata.add("was-compressed", "\(call.isMessageCompressed)")
                if call.acceptsGzip { call.responseEncoding = .gzip }
                message.withRawSpan { call.send($0, compressed: true) }
                call.finish(.ok)
            }
        }
    }

    func send(_ framed: [UInt8], _ metadata: Metadata) -> Answer {
        let answer = Answer()
        let call = loop.client.start(
            path: "/s/Echo", authority: "test", metadata: metadata, handler: answer)!
        _ = framed.withRawSpan { loop.client.send($0, on: call) }
        call.halfClose()
        loop.exchange()
        return answer
    }

    func compressed(_ message: [UInt8]) -> [UInt8] {
        let small = message.withRawSpan { Gzip().compress($0) }
        var bytes: [UInt8] = []
        MessageDeframer.appendPrefix(size: small.count, isCompressed: true, to: &bytes)
        return bytes + small
    }

    var gzipMetadata: Metadata {
        var metadata = Metadata()
        metadata.add("grpc-encoding", "gzip")
        return metadata
    }

    @Test func `a call may mix compressed and plain messages`() {
        echo()
        let first = send(compressed(text), gzipMetadata)
        #expect(first.status == .ok && first.messages == [text])
        #expect(first.trailers["was-compressed"] == "true")
        let second = send(framed(text), gzipMetadata)
        #expect(second.status == .ok && second.messages == [text])
        #expect(second.trailers["was-compressed"] == "false")
    }

    @Test func `a compressed message that was not announced is INTERNAL`() {
        echo()
        #expect(send(compressed(text), Metadata()).status?.code == .internal)
    }

    @Test func `an unknown encoding is UNIMPLEMENTED, and the answer says what is known`() {
        echo()
        var metadata = Metadata()
        metadata.add("grpc-encoding", "brotli")
        let status = send(framed(text), metadata).status
        #expect(status?.code == .unimplemented)
        #expect(status?.message.contains("identity,gzip") == true)
    }

    @Test func `a message is measured after it was decompressed`() {
        var limits = RPCLimits()
        limits.messageBytesMax = 5000
        let loop = Loop(limits: limits)
        let box = loop.record("/s/Echo") { $0.onEnd = { $0.finish(.ok) } }
        for (size, code) in [(5000, RPCCode.ok), (5001, .resourceExhausted)] {
            let answer = Answer()
            let call = loop.client.start(
                path: "/s/Echo", authority: "test", metadata: gzipMetadata, handler: answer)!
            let bytes = compressed([UInt8](repeating: 1, count: size))
            _ = bytes.withRawSpan { loop.client.send($0, on: call) }
            call.halfClose()
            loop.exchange()
            #expect(answer.status?.code == code)
        }
        #expect(box.recorder.cancellations == 1)
    }

    @Test(arguments: [
        ("gzip", true), ("identity, deflate, gzip", true), ("identity,deflate", false), ("", false),
        ("gzipped", false),
    ])
    func `answers are compressed only for those who take it`(field: String, accepts: Bool) {
        #expect(RPCEncoding.acceptsGzip(field) == accepts)
    }

    @Test func `an answer for a client that takes none stays plain`() {
        echo()
        let answer = send(framed(text), Metadata())
        #expect(answer.messages == [text] && answer.status == .ok)
        #expect(answer.headers?["grpc-encoding"] == nil)
    }
}
