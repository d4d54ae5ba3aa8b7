import Schema
import Streams

/// What a careful client makes of one topic's updates: README's rules and nothing else.
struct ReferenceState: Equatable {
    enum Fault: Error { case hole, staleSnapshot, unexpected, lost }

    /// Numbers without trailing zeros.
    struct Number: Hashable {
        var mantissa: Int64
        var exponent: Int32

        init(_ mantissa: Int64, _ exponent: Int32) {
            var (mantissa, exponent) = (mantissa, mantissa == 0 ? 0 : exponent)
            while mantissa != 0, mantissa % 10 == 0 {
                mantissa /= 10
                exponent += 1
            }
            (self.mantissa, self.exponent) = (mantissa, exponent)
        }
    }

    var position: Position?
    var status: Status?
    /// Of a tick, by field.
    var tick: [UInt16: Number] = [:]
    /// Of a book: quantity by price.
    var bids: [Number: Number] = [:]
    var asks: [Number: Number] = [:]

    /// One update of a state topic.
    mutating func apply(_ update: Update) throws {
        guard let epoch = update.epoch, let sequence = update.sequence else {
            throw Fault.unexpected
        }
        if let base = update.baseSequence {
            guard let position, position.epoch == epoch, base <= position.sequence else {
                throw Fault.hole
            }
            if position.sequence >= sequence { return }
        } else {
            self = ReferenceState()
        }
        position = Position(epoch: epoch, sequence: sequence)
        status = update.status ?? status
        switch update.payload {
        case .tick(let change): take(change)
        case .book(let change):
            Self.take(change.bids, into: &bids)
            Self.take(change.asks, into: &asks)
        case nil: break
        default: throw Fault.unexpected
        }
    }

    private mutating func take(_ change: Tick) {
        func set(_ field: FieldSet, _ mantissa: Int64?, _ exponent: Int32?) {
            if let mantissa { tick[field.rawValue] = Number(mantissa, exponent ?? 99) }
        }
        set(.bidPrice, change.bidPrice, change.priceExponent)
        set(.bidQuantity, change.bidQuantity, change.quantityExponent)
        set(.askPrice, change.askPrice, change.priceExponent)
        set(.askQuantity, change.askQuantity, change.quantityExponent)
    }

    private static func take(_ side: BookSide?, into levels: inout [Number: Number]) {
        guard let side else { return }
        for (price, quantity) in zip(side.prices, side.quantities) {
            let price = Number(price, side.priceExponent)
            levels[price] = quantity == 0 ? nil : Number(quantity, side.quantityExponent)
        }
    }

    /// The same without the fields that were not asked for, wherever it is.
    func projected(_ fields: FieldSet, isBook: Bool) -> ReferenceState {
        var part = self
        part.position = nil
        part.tick = tick.filter { fields.contains(FieldSet(rawValue: $0.key)) }
        if isBook, !fields.contains(.bids) { part.bids = [:] }
        if isBook, !fields.contains(.asks) { part.asks = [:] }
        return part
    }
}
