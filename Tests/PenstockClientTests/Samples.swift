import Market
import PenstockClient
import Schema

let bookTopic = "book:binance:BTC/USDT"
let tickTopic = "tick:binance:BTC/USDT"
let tradeTopic = "trade:binance:BTC/USDT"

/// Levels as whole cents and thousandths.
func side(_ levels: [(Int64, Int64)]) -> Schema.BookSide {
    Schema.BookSide(
        prices: levels.map(\.0), quantities: levels.map(\.1), priceExponent: -2,
        quantityExponent: -3)
}

func bookUpdate(
    _ sequence: UInt64, base: UInt64? = nil, epoch: UInt64 = 9, bids: [(Int64, Int64)] = [],
    asks: [(Int64, Int64)] = [], status: Schema.Status? = nil, topic: UInt32 = 1
) -> Update {
    Update(
        topic: topic, epoch: epoch, sequence: sequence, baseSequence: base, eventTime: 5,
        receiveTime: 6, publishTime: 7, venueSequence: 1000 + sequence,
        status: status ?? (base == nil ? .live : nil),
        payload: .book(
            Book(
                bids: bids.isEmpty ? nil : side(bids), asks: asks.isEmpty ? nil : side(asks))))
}

func tradeUpdate(_ sequence: UInt64, base: UInt64? = nil, epoch: UInt64 = 9, topic: UInt32 = 1)
    -> Update
{
    Update(
        topic: topic, epoch: epoch, sequence: sequence, baseSequence: base, eventTime: 1234,
        payload: .trade(
            Schema.Trade(
                price: 6_183_763, quantity: 1, id: 400 + sequence, side: .sell, priceExponent: -2,
                quantityExponent: -5)))
}

func accepted(
    _ name: String, number: UInt32 = 1, epoch: UInt64 = 9, sequence: UInt64 = 0,
    status: Schema.Status = .live, resumed: Bool = false
) -> AcceptedTopic {
    AcceptedTopic(
        name: name, number: number, epoch: epoch, sequence: sequence, status: status,
        resumed: resumed)
}

/// Best first, as text.
func shown(_ levels: BookLevels) -> [String] {
    levels.levels.map { "\($0.quantity)@\($0.price)" }
}

/// A live book of two levels a side at sequence 10.
func makeBook() throws -> MergedState {
    var state = MergedState(topic: bookTopic)
    state.accepted(accepted(bookTopic, sequence: 10))
    _ = try state.apply(
        bookUpdate(10, bids: [(10_000, 1000), (9990, 2500)], asks: [(10_001, 500), (10_050, 1)]))
    return state
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
