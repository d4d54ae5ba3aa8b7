internal import Base
internal import JSON
internal import Market

extension BinanceMachine {
    /// A diff of an instrument's book. One that cannot be read spoils this book alone.
    mutating func receivedDepth(
        _ data: JSONValue, of instrument: BinanceInstrument, at now: Instant,
        into out: inout [FeedAction]
    ) throws(FeedError) {
        do throws(FeedError) {
            try expect(data, "depthUpdate", instrument)
            let first = try data.number("U", .firstUpdateID)
            let last = try data.number("u", .updateID)
            let time = try Self.time(data, "E")
            guard let bids = data["b"], bids.isArray else { throw .badField(.bids) }
            guard let asks = data["a"], asks.isArray else { throw .badField(.asks) }
            var isReadable = true
            if instrument.sync.beginDiff(first: first, last: last) != .ignore {
                isReadable =
                    Self.apply(bids, .bid, to: &instrument.sync)
                    && Self.apply(asks, .ask, to: &instrument.sync)
            }
            let action = instrument.sync.endDiff()
            if case .applied = action {
                if instrument.coverage.isExceeded(by: instrument.sync.book) {
                    spoiled(instrument, .shallow, at: now, into: &out)
                } else {
                    out.append(.book(instrument.handle, venueSequence: last, eventTime: time))
                }
                return
            }
            follow(action, of: instrument, time, at: now, into: &out)
            if !isReadable { throw .badField(.bids) }
        } catch {
            if instrument.sync.state == .live {
                spoiled(instrument, .badMessage, at: now, into: &out)
            }
            throw error
        }
    }

    /// Gives a side's levels to the book; false if one could not be read.
    @inline(__always)
    static func apply(
        _ levels: JSONValue, _ side: OrderBook.Side, to sync: inout BookSync
    ) -> Bool {
        for level in levels.elements {
            var parts = level.elements.makeIterator()
            guard let price = parts.next()?.decimal, let quantity = parts.next()?.decimal else {
                sync.receivedUnreadableLevel(.empty)
                return false
            }
            sync.applyLevel(side, price: price, quantity: quantity)
        }
        return true
    }

    /// What the book's machine wants after a message.
    mutating func follow(
        _ action: BookSync.Action, of instrument: BinanceInstrument, _ time: Timestamp,
        at now: Instant, into out: inout [FeedAction]
    ) {
        switch action {
        case .none, .buffered: break
        case .applied, .wentLive:
            instrument.bookLiveSince = now
            let updateID = instrument.sync.updateID
            out.append(.book(instrument.handle, venueSequence: updateID, eventTime: time))
            instrument.set(.book, .live, .synchronized, into: &out)
        case .requestSnapshot:
            instrument.set(.book, .resyncing, .awaitingSnapshot, into: &out)
            wantSnapshot(of: instrument)
        case .resync(let reason):
            let told: FeedReason =
                switch reason {
                case .gap, .idsWentBack: .gap
                case .crossed: .crossed
                case .badLevel: .badMessage
                }
            fell(instrument, told, at: now, into: &out)
        }
    }

    /// A live book became untrue by something its own machine did not see.
    mutating func spoiled(
        _ instrument: BinanceInstrument, _ reason: FeedReason, at now: Instant,
        into out: inout [FeedAction]
    ) {
        instrument.sync.disconnected()
        _ = instrument.sync.subscribed()
        fell(instrument, reason, at: now, into: &out)
    }

    private mutating func fell(
        _ instrument: BinanceInstrument, _ reason: FeedReason, at now: Instant,
        into out: inout [FeedAction]
    ) {
        counts.resyncs &+= 1
        instrument.bookFell(at: now, limits: limits)
        instrument.set(.book, .resyncing, reason, into: &out)
        wantSnapshot(of: instrument)
        askForSnapshots(at: now, into: &out)
    }

    mutating func wantSnapshot(of instrument: BinanceInstrument) {
        guard instrument.snapshotNeed == .none, instrument.isListed,
            connections[instrument.connection].isOpen
        else { return }
        instrument.snapshotNeed = .waiting
        waiting.append(instrument.handle)
    }
}
