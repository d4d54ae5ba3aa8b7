import Base
import HTTP2
import Testing

@testable import GRPC

@Suite struct RPCTimeoutTests {
    @Test(arguments: [
        ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("10S", .seconds(10)),
        ("100m", .milliseconds(100)), ("5u", .microseconds(5)),
        ("99999999n", .nanoseconds(99_999_999)),
        ("0S", .zero),
    ])
    func `each unit is understood`(text: String, duration: Duration) {
        #expect(RPCTimeout.parse(text) == duration)
    }

    @Test(arguments: [
        Duration.microseconds(1), .nanoseconds(1), .milliseconds(1500), .seconds(99), .seconds(100),
        .seconds(123_456_789_012), .zero,
    ])
    func `a written timeout is read back no shorter`(duration: Duration) throws {
        let read = try #require(RPCTimeout.parse(RPCTimeout.text(duration)))
        #expect(read >= min(duration, .seconds(99_999_999)))
    }
}

@Suite struct PercentEncodingTests {
    @Test(arguments: ["", "plain text", "100%", "ü€\u{1F600}", "line\nbreak", "\u{7f}~"])
    func `any text survives as printable ASCII`(text: String) {
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%1", "%zz", "a%2"])
    func `broken escapes are kept`(text: String) { #expect(PercentEncoding.decode(text) == text) }
}

@Suite struct MetadataTests {
    @Test func `protocol fields are not metadata`() {
        let names = [":path", "grpc-timeout", "content-type", "te", "user-agent", "x-a"]
        let metadata = Metadata(names.map { HTTP2Field($0, "v") })
        #expect(metadata.fields.map(\.name) == ["user-agent", "x-a"])
    }

    @Test func `values of one name are told one by one`() {
        let metadata = Metadata([
            HTTP2Field("a", "1"), HTTP2Field("b", "2"), HTTP2Field("a", "3, 4"),
        ])
        #expect(metadata.values("a") == ["1", "3, 4"])
        #expect(metadata.values("c").isEmpty)
    }

    @Test func `several binary values may share a field`() {
        let metadata = Metadata([HTTP2Field("k-bin", "Zg, Zm8="), HTTP2Field("k-bin", "Zm9v")])
        #expect(metadata.binaryValues("k-bin") == [[102], [102, 111], [102, 111, 111]])
    }

    @Test func `an empty binary value is a value`() {
        var metadata = Metadata()
        metadata.add("k-bin", bytes: [])
        #expect(metadata.binaryValues("k-bin") == [[]])
    }
}

@Suite struct MessageDeframerTests {
    func deframe(
        _ bytes: [UInt8], stride: Int, limit: Int = 100, gzip: Gzip? = nil
    ) throws(MessageDeframerError) -> [[UInt8]] {
        var deframer = MessageDeframer(messageBytesMax: limit)
        var messages: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let part = Array(bytes[start..<min(bytes.count, start + stride)])
            start += part.count
            let error = part.withRawSpan { span -> MessageDeframerError? in
                do throws(MessageDeframerError) {
                    try deframer.receive(span, gzip: gzip) { message, _ in
                        messages.append(message.copyBytes())
                    }
                    return nil
                } catch { return error }
            }
            if let error { throw error }
            #expect(deframer.partialBytes <= limit + 5)
        }
        return messages
    }

    @Test(arguments: Array(1...20) + [1000])
    func `messages come out whole, wherever the bytes are cut`(stride: Int) throws {
        let messages: [[UInt8]] = [[], [1], [], [UInt8](repeating: 9, count: 100), [2, 3]]
        #expect(try deframe(messages.flatMap { framed($0) }, stride: stride) == messages)
    }

    @Test(arguments: [1, 100])
    func `a length above the limit is refused before the message arrives`(stride: Int) {
        #expect(throws: MessageDeframerError.tooLarge(bytes: 101, limit: 100)) {
            try deframe([0, 0, 0, 0, 101], stride: stride)
        }
        #expect(throws: MessageDeframerError.tooLarge(bytes: 0xffff_ffff, limit: 100)) {
            try deframe([0, 255, 255, 255, 255], stride: stride)
        }
    }

    @Test(arguments: [1, 100])
    func `flags other than zero are refused`(stride: Int) {
        #expect(throws: MessageDeframerError.compressed) {
            try deframe([1, 0, 0, 0, 0], stride: stride)
        }
        #expect(throws: MessageDeframerError.badFlag(2)) {
            try deframe([2, 0, 0, 0, 0], stride: stride)
        }
    }
}
