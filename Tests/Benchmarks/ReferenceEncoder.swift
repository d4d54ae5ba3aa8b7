import CMsgpack
import CProtobufC
import CProtos
import Market
import Schema

/// One message as protobuf-c's struct, and the C libraries that encode it.
///
/// msgpack-c gets calls written out by hand for just this message, and decimals as ready text:
/// nothing it could be spared. It must write the same bytes. Memory is kept until the process ends.
struct ReferenceEncoder {
    let message: UnsafeMutablePointer<Penstock__V1__Update>
    private let target: UnsafeMutablePointer<UInt8>
    private let buffer: UnsafeMutablePointer<msgpack_sbuffer>
    private let packer: UnsafeMutablePointer<msgpack_packer>
    /// Of the decimals, in the order of the fields.
    private let texts: [UnsafeBufferPointer<CChar>]

    init(_ update: Update) {
        let bytes = update.encoded(.protobuf)
        guard let message = penstock__v1__update__unpack(nil, bytes.count, bytes) else {
            preconditionFailure("protobuf-c does not read the sample")
        }
        self.message = message
        target = .allocate(capacity: 4096)
        buffer = .allocate(capacity: 1)
        packer = .allocate(capacity: 1)
        msgpack_sbuffer_init(buffer)
        msgpack_packer_init(packer, buffer, msgpack_sbuffer_write)
        texts = Self.decimals(of: update).map { text in
            let characters = Array(text.utf8).map { CChar(bitPattern: $0) }
            let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: characters.count)
            _ = copy.initialize(from: characters)
            return UnsafeBufferPointer(copy)
        }
        _ = packMessagePack()
        precondition(messagePackBytes == update.encoded(.messagePack), "other bytes")
    }

    func packProtobuf() -> Int { penstock__v1__update__pack(message, target) }

    func packMessagePack() -> Int {
        buffer.pointee.size = 0
        let update = message.pointee
        msgpack_pack_map(packer, 10)
        number(1, UInt64(update.topic))
        number(2, update.epoch)
        number(3, update.sequence)
        number(4, update.base_sequence)
        number(5, update.event_time)
        number(6, update.receive_time)
        number(7, update.publish_time)
        number(8, update.venue_sequence)
        number(9, UInt64(update.status.rawValue))
        if update.has_data != 0 {
            msgpack_pack_uint32(packer, 16)
            msgpack_pack_bin(packer, update.data.len)
            msgpack_pack_bin_body(packer, update.data.data, update.data.len)
        } else if update.tick != nil {
            msgpack_pack_uint32(packer, 10)
            msgpack_pack_map(packer, 4)
            for place in 0..<4 {
                msgpack_pack_uint32(packer, UInt32(place + 1))
                text(place)
            }
        } else {
            msgpack_pack_uint32(packer, 12)
            msgpack_pack_map(packer, 2)
            msgpack_pack_uint32(packer, 1)
            rows(0, update.book.pointee.bids.pointee.n_prices)
            msgpack_pack_uint32(packer, 2)
            let bids = update.book.pointee.bids.pointee.n_prices
            rows(2 * bids, update.book.pointee.asks.pointee.n_prices)
        }
        return buffer.pointee.size
    }

    private var messagePackBytes: [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer.pointee.data, count: buffer.pointee.size))
    }

    @inline(__always)
    private func number(_ key: UInt32, _ value: UInt64) {
        msgpack_pack_uint32(packer, key)
        msgpack_pack_uint64(packer, value)
    }

    @inline(__always)
    private func text(_ place: Int) {
        msgpack_pack_str(packer, texts[place].count)
        msgpack_pack_str_body(packer, texts[place].baseAddress, texts[place].count)
    }

    private func rows(_ start: Int, _ count: Int) {
        msgpack_pack_array(packer, count)
        for row in 0..<count {
            msgpack_pack_array(packer, 2)
            text(start + 2 * row)
            text(start + 2 * row + 1)
        }
    }

    private static func decimals(of update: Update) -> [String] {
        func text(_ mantissa: Int64?, _ exponent: Int) -> String {
            Decimal(mantissa: mantissa ?? 0, exponent: exponent).description
        }
        func rows(_ side: BookSide?) -> [String] {
            guard let side else { return [] }
            return zip(side.prices, side.quantities).flatMap { [text($0, -2), text($1, -5)] }
        }
        switch update.payload {
        case .tick(let tick):
            return [
                text(tick.bidPrice, -2), text(tick.bidQuantity, -5),
                text(tick.askPrice, -2), text(tick.askQuantity, -5),
            ]
        case .book(let book): return rows(book.bids) + rows(book.asks)
        default: return []
        }
    }
}
