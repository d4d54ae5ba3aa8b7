import Base
import Schema
import Testing

/// Fields that are not public, in a descriptor set made by the test: the embedded one with another
/// option on `Tick.bid_price`.
@Suite struct Privacy {
    /// A field of a protobuf message: tag, length, content.
    private func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(content.count) + content
    }

    private func number(_ number: Int, _ value: Int) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    private func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    private func tables(hidingWith visibility: Int) -> TableSet {
        let options = field(8, number(50100, visibility) + number(50101, 5))
        let bidPrice = field(2, field(1, Array("bid_price".utf8)) + number(3, 1) + options)
        let tick = field(4, field(1, Array("Tick".utf8)) + bidPrice)
        let file = field(1, Array("t.proto".utf8)) + field(2, Array("penstock.v1".utf8)) + tick
        return TableSet(options: DescriptorSet(field(1, file)))
    }

    private func encoded(_ table: MessageTable, _ codec: Codec) throws -> [UInt8] {
        // Bid price 7, ask price 8: the bytes are what the C struct is made from.
        let bytes: [UInt8] = [8, 7, 24, 8]
        let output = OutputBuffer()
        try table.reencode(protobuf: bytes.span.bytes, codec, into: output)
        return output.copyBytes()
    }

    @Test(arguments: [1, 2, 3])
    func `a field that is not public has no entry`(visibility: Int) throws {
        let table = tables(hidingWith: visibility)["penstock.v1.Tick"]
        #expect(table.publicNumbers == [2, 3, 4, 5, 6])
        #expect(try encoded(table, .protobuf) == [24, 8])
        #expect(try encoded(table, .messagePack) == [0x81, 3, 8])
        #expect(try encoded(table, .json) == Array(#"{"askPrice":"8"}"#.utf8))
    }

    @Test func `a public field has one`() throws {
        let table = tables(hidingWith: 0)["penstock.v1.Tick"]
        #expect(table.publicNumbers == [1, 2, 3, 4, 5, 6])
        #expect(try encoded(table, .protobuf) == [8, 7, 24, 8])
    }

    @Test func `every field of today's contract is public`() {
        #expect(Tick.table.publicNumbers == [1, 2, 3, 4, 5, 6])
        #expect(Update.table.publicNumbers == Array(1...17))
    }
}
