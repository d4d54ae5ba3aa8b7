import Base
import Schema
import Testing

@Suite struct `Malformed input` {
    private let update = Update(
        topic: 3, epoch: 77, sequence: 12, status: .live,
        payload: .book(
            Book(
                bids: BookSide(
                    prices: [6_183_763, 6_183_700], quantities: [12, 0], priceExponent: -2,
                    quantityExponent: -5))))

    private func error(_ bytes: [UInt8], _ codec: Codec) -> SchemaError? {
        do throws(SchemaError) {
            _ = try Update(decoding: bytes.span.bytes, codec)
            return nil
        } catch {
            return error
        }
    }

    @Test func `protobuf cut off inside a field is an error`() {
        #expect(error([8], .protobuf) == .malformedProtobuf(message: "penstock.v1.Update"))
        #expect(error([41, 1, 2], .protobuf) != nil)
        #expect(error([0x62, 0xff, 0xff, 0xff, 0xff, 0x0f, 1], .protobuf) != nil)
        #expect(error([0x62, 2, 10, 9], .protobuf) != nil)
    }

    @Test func `an empty protobuf message is a message without fields`() throws {
        #expect(try Update(decoding: [UInt8]().span.bytes, .protobuf) == Update())
    }

    @Test func `MessagePack cut off anywhere is an error`() {
        let bytes = update.encoded(.messagePack)
        #expect(error(bytes, .messagePack) == nil)
        for count in 0..<bytes.count {
            let found = error(Array(bytes.prefix(count)), .messagePack)
            #expect(found == .malformedMessagePack(message: "penstock.v1.Update"))
        }
        #expect(error(bytes + [0], .messagePack) != nil, "trailing bytes")
    }

    @Test func `a header that claims more than there is costs no memory`() {
        #expect(error([0xdd, 0xff, 0xff, 0xff, 0xff], .messagePack) != nil)
        #expect(error([0xdf, 0xff, 0xff, 0xff, 0xff], .messagePack) != nil)
        #expect(error([0x81, 1, 0xdb, 0xff, 0xff, 0xff, 0xff, 1], .messagePack) != nil)
    }

    @Test func `nesting without end is an error`() {
        let bytes = [UInt8](repeating: 0x91, count: 100_000) + [1]
        #expect(error(bytes, .messagePack) != nil)
    }

    @Test(
        arguments: [
            ([0x93, 1, 2, 3], nil), ([0x81, 0xa1, 0x61, 1], nil),
            ([0x81, 1, 0xa1, 0x31], "topic"), ([0x81, 1, 0xff], "topic"),
            ([0x81, 1, 0xcf, 0, 0, 0, 1, 0, 0, 0, 0], "topic"),
            ([0x81, 16, 0xa1, 0x31], "data"), ([0x81, 9, 0xc3], "status"),
        ] as [([UInt8], String?)])
    func `a MessagePack value of another type is refused by name`(bytes: [UInt8], field: String?) {
        let expected: SchemaError =
            if let field {
                .wrongType(message: "penstock.v1.Update", field: field)
            } else {
                .malformedMessagePack(message: "penstock.v1.Update")
            }
        #expect(error(bytes, .messagePack) == expected)
    }

    @Test(arguments: [
        "", "-", ".5", "1.2.3", "1,5", "0x10", "1E", "E5", "99999999999999999999", "1 ",
        "9223372036854775808", "5E5E5", "1E2000000", "nan",
    ])
    func `a decimal that is none is refused`(text: String) {
        let bytes = [0x81, 1, 0xa0 | UInt8(text.utf8.count)] + Array(text.utf8)
        #expect(throws: SchemaError.wrongType(message: "penstock.v1.Tick", field: "bid_price")) {
            try Tick(decoding: bytes.span.bytes, .messagePack)
        }
    }

    @Test func `rows without their columns are refused`() {
        #expect(throws: SchemaError.self) {
            let bytes: [UInt8] = [0x81, 1, 0x91, 0x91, 0xa1, 0x31]
            return try Book(decoding: bytes.span.bytes, .messagePack)
        }
    }

    @Test func `random bytes never do more than throw`() {
        var random = SeededRandom(seed: 7)
        let good = update.encoded(.messagePack)
        let goodToo = update.encoded(.protobuf)
        for _ in 0..<3000 {
            var (packed, bytes) = (good, goodToo)
            for _ in 0..<3 {
                packed[Int(random.next() % UInt64(packed.count))] = UInt8(random.next() & 255)
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255)
            }
            _ = try? Update(decoding: packed.span.bytes, .messagePack).encoded(.json)
            _ = try? Update(decoding: bytes.span.bytes, .protobuf).encoded(.json)
        }
    }

    @Test func `JSON is written only`() {
        #expect(error(Array("{}".utf8), .json) == .notDecodable)
    }
}
