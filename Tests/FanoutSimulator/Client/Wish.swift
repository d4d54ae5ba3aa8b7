import Schema

/// How a subscription is wanted.
struct Wish {
    /// Nil: all.
    var fields: Set<Field>?
    var rate: RequestedRate?
    var start: Int32?
    var overflow: Int32?
    /// Nil: everything passes.
    var filter: FilterModel?

    var rateCheck: RateCheck? {
        guard let rate else { return nil }
        return RateCheck(
            preset: rate.preset, milliseconds: rate.minIntervalMilliseconds,
            perSecond: rate.updatesPerSecond, burst: rate.burst)
    }

    var fieldNames: [String] { fields.map { $0.map(\.rawValue).sorted() } ?? [] }

    /// Those of the fields that the topic has; nil: all of its own.
    func fields(of topic: String) -> Set<Field>? {
        guard let fields else { return nil }
        let own = Set(Field.all(of: topic))
        let wanted = fields.intersection(own)
        return wanted == own ? nil : wanted
    }

    init() {}

    /// - Parameter filters: by their texts.
    init(_ request: SubscribeTopics, filters: [String: FilterModel]) {
        let named = request.fields.compactMap(Field.init)
        fields = named.isEmpty ? nil : Set(named)
        (rate, start, overflow) = (request.rate, request.start, request.overflow)
        filter = request.filter.flatMap { filters[$0] }
    }

    static func any(_ dice: Dice, topics: [String]) -> Wish {
        var wish = Wish()
        let known = Set(topics.flatMap { Field.all(of: $0) })
        if !known.isEmpty, dice.chance(0.5) {
            wish.fields = Set(dice.some(known.sorted { $0.rawValue < $1.rawValue }))
        }
        if dice.chance(0.5) { wish.rate = rate(dice) }
        if dice.chance(0.4) { wish.start = Int32(dice.below(3)) }
        if dice.chance(0.4) { wish.overflow = Int32(dice.below(4)) }
        if !topics.isEmpty, dice.chance(0.3) {
            wish.filter = FilterModel.any(dice, for: dice.pick(topics))
        }
        return wish
    }

    static func rate(_ dice: Dice) -> RequestedRate {
        switch dice.below(4) {
        case 0: RequestedRate(preset: Int32(dice.within(1...5)))
        case 1: RequestedRate(minIntervalMilliseconds: UInt32(dice.spread(1...1500)))
        default:
            RequestedRate(
                updatesPerSecond: UInt32(dice.spread(1...1000)),
                burst: dice.chance(0.5) ? UInt32(dice.spread(1...20)) : nil)
        }
    }
}
