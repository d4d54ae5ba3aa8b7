import Schema
import Testing

@Suite struct `Error details` {
    private static let violation = BadRequest.FieldViolation(
        field: "topics[3]", description: "no such venue", reason: "UNKNOWN_VENUE")

    @Test func `a rich status carries details of any type`() throws {
        let info = ErrorInfo(
            reason: "TOO_MANY_TOPICS", domain: "penstock.v1",
            metadata: [ErrorInfo.Entry(key: "limit", value: "4096")])
        let retry = RetryInfo(delay: DurationMessage(.milliseconds(1500)))
        let status = RPCStatusMessage(
            code: 8, message: "too many",
            details: [AnyMessage(info), AnyMessage(retry), AnyMessage(BadRequest())])
        let bytes = status.encoded(.protobuf)
        let decoded = try RPCStatusMessage(decoding: bytes.span.bytes, .protobuf)
        #expect(
            decoded.details.map(\.typeURL) == [
                "type.googleapis.com/google.rpc.ErrorInfo",
                "type.googleapis.com/google.rpc.RetryInfo",
                "type.googleapis.com/google.rpc.BadRequest",
            ])
        #expect(try decoded.details[0].unwrap(as: ErrorInfo.self) == info)
        #expect(try decoded.details[1].unwrap(as: RetryInfo.self) == retry)
        #expect(try decoded.details[2].unwrap(as: BadRequest.self) == BadRequest())
        #expect(try decoded.details[0].unwrap(as: RetryInfo.self) == nil)
    }

    @Test func `the bytes are those of google.rpc`() {
        let retry = RetryInfo(delay: DurationMessage(.milliseconds(1500)))
        #expect(retry.encoded(.protobuf) == [0x0a, 8, 8, 1, 16, 0x80, 0xca, 0xb5, 0xee, 1])
        let bad = BadRequest(violations: [BadRequest.FieldViolation(field: "a", reason: "B")])
        #expect(bad.encoded(.protobuf) == [0x0a, 6, 0x0a, 1, 97, 0x1a, 1, 66])
        let info = ErrorInfo(metadata: [ErrorInfo.Entry(key: "k", value: "")])
        #expect(info.encoded(.protobuf) == [0x1a, 5, 0x0a, 1, 107, 0x12, 0])
    }

    @Test(arguments: [
        (Duration.zero, 0, 0), (.nanoseconds(-1), 0, -1), (.seconds(-2.5), -2, -500_000_000),
        (.seconds(90), 90, 0),
    ])
    func `a duration keeps its sign`(duration: Duration, seconds: Int64, nanoseconds: Int32) {
        let message = DurationMessage(duration)
        #expect(message == DurationMessage(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        (Int64(0), Int64(0), Int32(0)), (1_500_000_001, 1, 500_000_001), (-1, -1, 999_999_999),
        (.min, -9_223_372_037, 145_224_192),
    ])
    func `a timestamp counts up from its second`(time: Int64, seconds: Int64, nanos: Int32) {
        let message = TimestampMessage(nanosecondsSince1970: time)
        #expect(message == TimestampMessage(seconds: seconds, nanoseconds: nanos))
    }

    @Test func `fields without presence are absent when they are zero or empty`() throws {
        #expect(DurationMessage(seconds: 0, nanoseconds: 0).encoded(.protobuf).isEmpty)
        #expect(AnyMessage(typeURL: "", value: []).encoded(.protobuf).isEmpty)
        #expect(Int64ValueMessage(value: -1).encoded(.protobuf).count == 11)
        let empty: [UInt8] = []
        #expect(try AnyMessage(decoding: empty.span.bytes, .protobuf) == AnyMessage())
        let packed: [UInt8] = [0x82, 1, 0xa0, 2, 0xc4, 0]
        #expect(try AnyMessage(decoding: packed.span.bytes, .messagePack) == AnyMessage())
    }
}
