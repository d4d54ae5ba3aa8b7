import Schema

/// One entry of an event topic.
enum ShownEvent: Equatable {
    case status(Status)
    case trade([Field: Int64])
    case venueGap(from: UInt64, to: UInt64)
    case data([UInt8])

    /// Only those fields; nil: all.
    func projected(_ fields: Set<Field>?) -> ShownEvent {
        guard let fields, case .trade(let numbers) = self else { return self }
        return .trade(numbers.filter { fields.contains($0.key) })
    }

    /// A filter selects trades; everything else is for everybody.
    func passes(_ filter: FilterModel?) -> Bool {
        guard let filter, case .trade(let numbers) = self else { return true }
        let values = numbers.map { ($0.key.rawValue, $0.value) }
        return filter.passes(Dictionary(uniqueKeysWithValues: values)) ?? true
    }

    /// Nil: nothing that a world has.
    init?(_ update: Update) {
        switch update.payload {
        case nil:
            guard let status = update.status else { return nil }
            self = .status(status)
        case .data(let data): self = .data(data)
        case .gap(let gap):
            guard gap.reason == .venueLoss, let from = gap.fromID, let to = gap.toID else {
                return nil
            }
            self = .venueGap(from: from, to: to)
        case .trade(let trade):
            guard let numbers = Self.numbers(trade) else { return nil }
            self = .trade(numbers)
        default: return nil
        }
    }

    private static func numbers(_ trade: Trade) -> [Field: Int64]? {
        var numbers: [Field: Int64] = [:]
        if let price = trade.price {
            guard let number = Fixed.number(price, trade.priceExponent ?? .max) else { return nil }
            numbers[.price] = number
        }
        if let quantity = trade.quantity {
            guard let number = Fixed.number(quantity, trade.quantityExponent ?? .max) else {
                return nil
            }
            numbers[.quantity] = number
        }
        numbers[.id] = trade.id.map(Int64.init)
        numbers[.side] = trade.side.map { Int64($0.rawValue) }
        numbers[.firstID] = trade.firstID.map(Int64.init)
        numbers[.lastID] = trade.lastID.map(Int64.init)
        return numbers
    }
}
