import Base
import Schema
import Testing

@testable import Load

@Suite struct FollowedTopicsTests {
    /// What a load finds wrong with one event of a `bench` topic whose payload should have
    /// 94 bytes where no receive_time is told.
    private func faults(payload count: Int, receiveTime: UInt64? = nil) throws -> [String: Int] {
        let message = Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 9), Protobuf.number(3, 11),
            receiveTime.map { Protobuf.fixed(6, $0) } ?? [], Protobuf.fixed(7, 900),
            Protobuf.bytes(16, [UInt8](repeating: 0x78, count: count)))
        var followed = FollowedTopics(tally: LoadTally(), witness: nil, payloadBytes: 94)
        followed.began(AcceptedTopic(name: "bench:1", number: 1, epoch: 9), sequence: 10)
        let read = message.withRawSpan { UpdateHead($0) }
        let head = try #require(read)
        message.withRawSpan { followed.take(head, $0) }
        return followed.tally.faults
    }

    @Test func `a payload of another size than asked is a fault`() throws {
        #expect(try faults(payload: 94).isEmpty)
        #expect(try faults(payload: 93) == ["wrong_size": 1])
        #expect(try faults(payload: 95) == ["wrong_size": 1])
    }

    @Test func `a message that tells when it was due is as long as the others`() throws {
        #expect(try faults(payload: 85, receiveTime: 300).isEmpty)
        #expect(try faults(payload: 94, receiveTime: 300) == ["wrong_size": 1])
    }
}
