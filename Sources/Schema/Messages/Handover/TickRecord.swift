/// Best bid and ask, and the sequences at which its parts last changed.
package struct TickRecord: Equatable, Sendable {
    package var tick: Tick?
    package var bidPriceSequence: UInt64?
    package var bidQuantitySequence: UInt64?
    package var askPriceSequence: UInt64?
    package var askQuantitySequence: UInt64?

    package init(
        tick: Tick? = nil, bidPriceSequence: UInt64? = nil, bidQuantitySequence: UInt64? = nil,
        askPriceSequence: UInt64? = nil, askQuantitySequence: UInt64? = nil
    ) {
        self.tick = tick
        self.bidPriceSequence = bidPriceSequence
        self.bidQuantitySequence = bidQuantitySequence
        self.askPriceSequence = askPriceSequence
        self.askQuantitySequence = askQuantitySequence
    }
}

extension TickRecord: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.TickRecord"]

    package func write(to record: Record) {
        record.set(1, tick)
        record.set(2, bidPriceSequence)
        record.set(3, bidQuantitySequence)
        record.set(4, askPriceSequence)
        record.set(5, askQuantitySequence)
    }

    package init(_ record: Record) {
        tick = record.get(1)
        bidPriceSequence = record.get(2)
        bidQuantitySequence = record.get(3)
        askPriceSequence = record.get(4)
        askQuantitySequence = record.get(5)
    }
}
