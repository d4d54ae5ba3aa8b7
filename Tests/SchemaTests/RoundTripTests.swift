import Base
import Schema
import Testing

@Suite struct `Round trips` {
    @Test func `an update with a book survives protobuf`() throws {
        let book = Book(
            bids: BookSide(
                prices: [6_183_763, 6_183_700], quantities: [12, 0], priceExponent: -2,
                quantityExponent: -5))
        let update = Update(
            topic: 3, epoch: 77, sequence: 12, baseSequence: 11, eventTime: 1, receiveTime: 2,
            publishTime: 3, venueSequence: 99, status: .live, payload: .book(book))
        let bytes = update.encoded(.protobuf)
        let back = try Update(decoding: bytes.span.bytes, .protobuf)
        #expect(back == update, "\(bytes) \(back)")
    }
}
