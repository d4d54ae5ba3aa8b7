import Base
import Testing

@testable import Load

@Suite struct LoadTallyTests {
    private static let trade: UInt64 = 11
    private static let data: UInt64 = 16

    /// What is counted for an update with that payload when it is read at 1,000.
    private func age(
        of payload: UInt64, receiveTime: UInt64? = nil, publishTime: UInt64 = 900
    ) throws -> UInt64 {
        let message = Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 9), Protobuf.number(3, 10),
            receiveTime.map { Protobuf.fixed(6, $0) } ?? [], Protobuf.fixed(7, publishTime),
            Protobuf.bytes(payload, [0x08, 0x01]))
        let read = message.withRawSpan { UpdateHead($0) }
        let head = try #require(read)
        let tally = LoadTally()
        tally.isMeasuring = true
        tally.update(head, bytes: message.count, at: 1000, isMeasured: true)
        #expect(tally.seen.updates == 1 && tally.seen.ages.count == 1)
        return tally.seen.ages.largest
    }

    @Test func `an update that was published late is as old as its being due`() throws {
        #expect(try age(of: Self.data, receiveTime: 300) == 700)
        #expect(try age(of: Self.data, receiveTime: 1001) == 0)
    }

    @Test func `an update that was published in time is as old as its publication`() throws {
        #expect(try age(of: Self.data) == 100)
        #expect(try age(of: Self.data, publishTime: 1001) == 0)
    }

    @Test func `when a venue's event was received is not when its update was due`() throws {
        #expect(try age(of: Self.trade, receiveTime: 300) == 100)
    }
}
