import Base
import Market
import Schema
import Streams

@testable import Core

/// A filter for random lives, and what it says of a state or event as the test knows them; nil
/// where that depends on what was told before.
struct LifeFilter: Sendable {
    var text: String
    var passes: @Sendable (ReferenceState) -> Bool?

    func program(of topic: Topic) throws -> FilterProgram {
        let name = try TopicName(parsing: topic.name)
        let verdict = try Filter(parsing: text)
            .compiled(for: name.kind, symbol: name.instrument?.symbol)
        guard case .sometimes(let program) = verdict else { throw LifeError(text: "\(verdict)") }
        return program
    }

    static func number(_ text: String) -> ReferenceState.Number {
        let number = decimal(text)
        return ReferenceState.Number(number.mantissa, Int32(number.exponent))
    }

    static func value(_ number: ReferenceState.Number) -> Decimal {
        Decimal(mantissa: number.mantissa, exponent: Int(number.exponent))
    }

    static func bestBid(_ state: ReferenceState) -> Decimal? {
        state.bids.keys.map(value).max()
    }

    static func bestAsk(_ state: ReferenceState) -> Decimal? {
        state.asks.keys.map(value).min()
    }

    /// Every other time there is none.
    static func pick(of filters: [LifeFilter], _ random: inout SeededRandom) -> LifeFilter? {
        random.chance(0.5) ? nil : filters[Int(random.next() % UInt64(filters.count))]
    }

    static let trade = [LifeFilter(text: "side == buy and quantity >= 2") { _ in nil }]

    static let book = [
        LifeFilter(text: "best_bid_price >= 9.5") { state in
            bestBid(state).map { $0 >= decimal("9.5") } ?? false
        },
        LifeFilter(text: "not best_ask_price > 10.3 and best_bid_price > 9.2") { state in
            !(bestAsk(state).map { $0 > decimal("10.3") } ?? false)
                && (bestBid(state).map { $0 > decimal("9.2") } ?? false)
        },
        LifeFilter(text: "change(best_bid_price) >= 0.2 or change(best_ask_price) > 1%") { _ in
            nil
        },
    ]

    static let tick = [
        LifeFilter(text: "bid_price >= 1.01") { state in
            state.tick[FieldSet.bidPrice.rawValue].map { value($0) >= decimal("1.01") }
                ?? false
        },
        LifeFilter(text: "ask_quantity == 0.02 or bid_quantity == 0.01") { state in
            state.tick[FieldSet.askQuantity.rawValue] == number("0.02")
                || state.tick[FieldSet.bidQuantity.rawValue] == number("0.01")
        },
        LifeFilter(text: "change(bid_price) >= 1% and symbol == BTC/USDT") { _ in nil },
    ]
}
