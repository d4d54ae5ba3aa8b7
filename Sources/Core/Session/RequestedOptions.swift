internal import Base
package import Schema
package import Streams

// From the wire's options to ours. What is not known is refused, and what is allowed is said.

extension Rate {
    package static let intervalMillisecondsMax: UInt32 = 60_000
    package static let perSecondMax: UInt32 = 1000
    package static let burstMax: UInt32 = 1000

    /// Nil: every change at once.
    package static func requested(_ wish: RequestedRate) throws(Refusal) -> Rate? {
        let ways: [Any?] = [wish.preset, wish.minIntervalMilliseconds, wish.updatesPerSecond]
        guard ways.count(where: { $0 != nil }) == 1 else {
            throw Refusal(
                .invalid,
                "a rate is one of preset, min_interval_milliseconds and updates_per_second",
                field: "rate")
        }
        if wish.burst != nil, wish.updatesPerSecond == nil {
            throw Refusal(
                .invalid, "burst goes with updates_per_second alone", field: "rate.burst")
        }
        if let preset = wish.preset { return try self.preset(preset) }
        if let interval = wish.minIntervalMilliseconds {
            try check(
                interval, 1...intervalMillisecondsMax, field: "rate.min_interval_milliseconds")
            return Rate(interval: .milliseconds(Int(interval)))
        }
        let (count, burst) = (wish.updatesPerSecond ?? 0, wish.burst ?? 1)
        try check(count, 1...perSecondMax, field: "rate.updates_per_second")
        try check(burst, 1...burstMax, field: "rate.burst")
        return Rate(perSecond: Int(count), burst: Int(burst))
    }

    private static func preset(_ number: Int32) throws(Refusal) -> Rate? {
        switch number {
        case 1: return nil
        case 2: return .ui
        case 3: return .backbone
        case 4: return .pro
        case 5: return .lowBandwidth
        default:
            throw Refusal(
                .invalid, "there is no preset \(number); allowed: 1 to 5", field: "rate.preset")
        }
    }

    private static func check(
        _ value: UInt32, _ allowed: ClosedRange<UInt32>, field: String
    ) throws(Refusal) {
        if !allowed.contains(value) {
            throw Refusal(
                .invalid,
                "\(value) is out of range; allowed: \(allowed.lowerBound) to "
                    + "\(allowed.upperBound)", field: field)
        }
    }
}

extension FieldWish {
    /// Nil: nothing is said.
    init?(_ names: [String]) throws(Refusal) {
        if names.isEmpty { return nil }
        if names == ["*"] {
            self = .all
            return
        }
        // As many as all kinds have together: what is longer names some twice.
        let known = [FieldSet.Names.tick, .book, .trade].reduce(0) { $0 + $1.fields.count }
        guard names.count <= known, Set(names).count == names.count else {
            throw Refusal(.invalid, "a field is named twice", field: "fields")
        }
        for (index, name) in names.enumerated() where !FieldSet.isKnown(name) {
            let text =
                name == "*"
                ? "\"*\" stands alone"
                : "no kind of topic has a field \"\(name)\"; allowed: "
                    + [FieldSet.Names.tick, .book, .trade].map(\.list).joined(separator: ", ")
            throw Refusal(.invalid, text, field: "fields[\(index)]")
        }
        self = .named(names)
    }
}

extension SubscriptionOptions.Start? {
    /// At most one of them is there; a start of 0 says nothing.
    init(
        requested number: Int32?, sequence: UInt64?, time: UInt64?, count: UInt32?
    ) throws(Refusal) {
        let ways = [number.map { $0 != 0 } ?? false, sequence != nil, time != nil, count != nil]
        if ways.count(where: { $0 }) > 1 {
            throw Refusal(
                .invalid,
                "a subscription begins at one of start, from_sequence, from_time and from_count",
                field: "start")
        }
        if let sequence {
            guard sequence > 0 else {
                throw Refusal(.invalid, "sequences begin at 1", field: "from_sequence")
            }
            self = .sequence(sequence)
        } else if let time {
            guard let nanoseconds = Int64(exactly: time) else {
                throw Refusal(
                    .invalid, "\(time) is not within the nanoseconds since 1970 that 63 bits hold",
                    field: "from_time")
            }
            self = .time(Timestamp(nanoseconds: nanoseconds))
        } else if let count {
            guard count > 0 else {
                throw Refusal(
                    .invalid, "the last 0 events are none; allowed: 1 or more", field: "from_count")
            }
            self = .count(UInt64(count))
        } else {
            try self.init(requested: number)
        }
    }

    private init(requested number: Int32?) throws(Refusal) {
        switch number {
        case nil, 0: self = nil
        case 1: self = .latest
        case 2: self = .live
        case .some(let number):
            throw Refusal(
                .invalid, "there is no start \(number); allowed: 0 to 2", field: "start")
        }
    }
}

extension Filter? {
    /// Nil: everything passes.
    init(requested text: String?, _ limits: FilterLimits) throws(Refusal) {
        guard let text, !text.isEmpty else {
            self = nil
            return
        }
        do throws(FilterError) {
            self = try Filter(parsing: text, limits: limits)
        } catch {
            throw Refusal(error.isLimit ? .exhausted : .invalid, "\(error)", field: "filter")
        }
    }
}

extension OverflowPolicy {
    init(requested number: Int32?) throws(Refusal) {
        switch number {
        case nil, 0: self = .standard
        case 1: self = .conflate
        case 2: self = .gap
        case 3: self = .close
        case .some(let number):
            throw Refusal(
                .invalid, "there is no overflow policy \(number); allowed: 0 to 3",
                field: "overflow")
        }
    }
}
