/// How far one subscription is in one topic, and the rules by which it may move on
/// (Protos/penstock/v1/market_data.proto, `Update`).
struct TopicCursor {
    enum Fault: String, CaseIterable {
        /// An update that begins behind what is known, and no `Gap` named what is between.
        case hole
        /// An update that ends at or before what is known.
        case backwards
        /// An event again that is known already.
        case repeated
        /// A delta before any snapshot.
        case baseless
        /// Another epoch without the snapshot or the `Gap` that begins one.
        case foreignEpoch
    }

    let name: String
    let isState: Bool
    private(set) var epoch: UInt64
    private(set) var sequence: UInt64
    /// State topics: a snapshot has come.
    private(set) var hasState = false
    private(set) var snapshots = 0
    /// Events that a `Gap` named, instead of bringing them.
    private(set) var announced: UInt64 = 0

    init(name: String, epoch: UInt64, sequence: UInt64) {
        self.name = name
        (self.epoch, self.sequence) = (epoch, sequence)
        isState = name.hasPrefix("tick:") || name.hasPrefix("book:")
    }

    /// Moves to where the update leads, and says what was wrong with it.
    mutating func take(_ update: UpdateHead) -> Fault? {
        guard let last = update.sequence else { return .backwards }
        let fault = isState ? stateFault(update, last) : eventFault(update, last)
        (epoch, sequence) = (update.epoch, last)
        return fault
    }

    private mutating func stateFault(_ update: UpdateHead, _ last: UInt64) -> Fault? {
        guard let base = update.base else {
            snapshots += 1
            let isOlder = hasState && update.epoch == epoch && last < sequence
            hasState = true
            return isOlder ? .backwards : nil
        }
        guard hasState else { return .baseless }
        guard update.epoch == epoch else { return .foreignEpoch }
        if base > sequence { return .hole }
        return last <= sequence ? .backwards : nil
    }

    private mutating func eventFault(_ update: UpdateHead, _ last: UInt64) -> Fault? {
        if update.payload == UpdateHead.Field.gap {
            if update.isNewEpoch { return nil }
            if let from = update.gapFrom {
                announced += last + 1 - min(from, last + 1)
                if from > sequence + 1 { return .hole }
            }
        }
        guard update.epoch == epoch else { return .foreignEpoch }
        let base = update.base ?? last - min(last, 1)
        if base > sequence { return .hole }
        if last <= sequence { return .backwards }
        return base < sequence ? .repeated : nil
    }
}
