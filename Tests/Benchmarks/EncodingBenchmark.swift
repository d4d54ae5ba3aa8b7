import Base
import CMsgpack
import CProtobufC
import CProtos
import Schema

/// Cost of encoding a message of ten fields, beside what protobuf-c and msgpack-c need for the
/// same bytes, and of the field delta.
enum EncodingBenchmark {
    private static let rounds = 2_000_000

    /// Seven fields of an update and one payload of three: ten scalars in all.
    private static let update = Update(
        topic: 17, epoch: 4_503_599_627_370_001, sequence: 123_456, baseSequence: 123_455,
        eventTime: 1_723_075_200_123_000_000, receiveTime: 1_723_075_200_125_000_000,
        publishTime: 1_723_075_200_125_040_000,
        payload: .tick(Tick(bidPrice: 6_183_763, bidQuantity: 182_340, priceExponent: -2)))

    private static let instrument = Update(
        topic: 17, epoch: 4_503_599_627_370_001, sequence: 123_456, baseSequence: 123_455,
        eventTime: 1_723_075_200_123_000_000, receiveTime: 1_723_075_200_125_000_000,
        publishTime: 1_723_075_200_125_040_000, venueSequence: 51_234_567_890, status: .live,
        payload: .data([1, 2, 3, 4, 5, 6, 7, 8]))

    /// Lines of (what, nanoseconds per message, bytes).
    static func run(_ now: () -> Int64) -> [(what: String, nanoseconds: Double, bytes: Int)] {
        var lines: [(what: String, nanoseconds: Double, bytes: Int)] = []
        func measure(_ what: String, _ body: (OutputBuffer) -> Void) {
            let output = OutputBuffer()
            for _ in 0..<rounds / 10 {
                output.removeAll()
                body(output)
            }
            let start = now()
            for _ in 0..<rounds {
                output.removeAll()
                body(output)
            }
            let elapsed = Double(now() - start)
            lines.append((what, elapsed / Double(rounds), output.count))
        }
        for codec in Codec.allCases {
            measure("flat update, mirror to \(codec)") { instrument.encode(codec, into: $0) }
            measure("tick update, mirror to \(codec)") { update.encode(codec, into: $0) }
            withStruct { memory in
                measure("flat update, C struct to \(codec)") {
                    Update.table.encode(memory, codec, into: $0)
                }
            }
        }
        withStruct { memory in
            var bytes = [UInt8](repeating: 0, count: 256)
            measure("flat update, protobuf-c") { _ in
                penstock__v1__update__pack(
                    memory.assumingMemoryBound(to: Penstock__V1__Update.self), &bytes)
            }
        }
        let before = Tick(
            bidPrice: 6_183_763, bidQuantity: 182_340, askPrice: 6_183_764, askQuantity: 5,
            priceExponent: -2, quantityExponent: -5)
        var after = before
        after.bidPrice = 6_183_762
        measure("tick delta of one field to protobuf") {
            _ = after.encodeDelta(since: before, .protobuf, into: $0)
        }
        let side = BookSide(
            prices: (0..<50).map { 6_183_763 - $0 },
            quantities: (0..<50).map { 100_000 + $0 * 977 },
            priceExponent: -2, quantityExponent: -5)
        let book = Update(
            topic: 17, epoch: 4_503_599_627_370_001, sequence: 9,
            payload: .book(Book(bids: side, asks: side)))
        measure("book of 2 x 50 to protobuf") { book.encode(.protobuf, into: $0) }
        measure("book of 2 x 50 to messagePack") { book.encode(.messagePack, into: $0) }
        return lines
    }

    /// The flat update in its C struct.
    private static func withStruct(_ body: (UnsafeMutableRawPointer) -> Void) {
        var data: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        data.withUnsafeMutableBufferPointer { data in
            var message = Penstock__V1__Update()
            penstock__v1__update__init(&message)
            (message.has_topic, message.topic) = (1, 17)
            (message.has_epoch, message.epoch) = (1, 4_503_599_627_370_001)
            (message.has_sequence, message.sequence) = (1, 123_456)
            (message.has_base_sequence, message.base_sequence) = (1, 123_455)
            (message.has_event_time, message.event_time) = (1, 1_723_075_200_123_000_000)
            (message.has_receive_time, message.receive_time) = (1, 1_723_075_200_125_000_000)
            (message.has_publish_time, message.publish_time) = (1, 1_723_075_200_125_040_000)
            (message.has_venue_sequence, message.venue_sequence) = (1, 51_234_567_890)
            (message.has_status, message.status) = (1, Penstock__V1__Status(1))
            message.has_data = 1
            message.data = ProtobufCBinaryData(len: data.count, data: data.baseAddress)
            withUnsafeMutableBytes(of: &message) { body($0.baseAddress!) }
        }
    }
}
