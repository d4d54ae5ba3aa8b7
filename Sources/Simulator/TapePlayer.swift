package import Base

/// Plays one venue's tape to its readers. Does no I/O and reads no clock: `advance` writes what is
/// due into the readers' outputs and says when to be called again. Confined to the loop.
package final class TapePlayer {
    /// What the shell does next.
    package enum Next: Equatable, Sendable {
        /// Nothing until a reader comes, asks for a stream, or its output has left.
        case idle
        /// Call again at this instant.
        case at(Instant)
        /// Call again in the next turn of the loop: there is more.
        case nextTurn
        /// Call again when the output of the fullest reader has left.
        case whenOutputLeaves
    }

    package let source: any MarketSource
    package let statistics = TapeStatistics()
    package private(set) var machine: PlayerMachine
    /// How many messages have been played; the position of the next one.
    package private(set) var position = 0
    /// True exactly once the last message has been played.
    package var isFinished: Bool { machine.state == .finished }
    package private(set) var readers: [TapeReader] = []

    /// Tape time of the last played message, or as far as the clock has come.
    private var tapeTime: Int64 = 0
    /// When derived streams are next due, in tape time.
    private var nextDerived = TapePlayer.derivedEvery
    private static let derivedEvery: Int64 = 1_000_000_000
    /// Messages played between two looks at the readers of a tape that nobody wants anything of.
    private static let messagesPerTurn = 20_000

    package init(source: any MarketSource, speed: Speed, startAfter: Duration) {
        self.source = source
        machine = PlayerMachine(speed: speed, startAfter: startAfter)
    }

    package func add(_ reader: TapeReader) { readers.append(reader) }

    package func remove(_ reader: TapeReader) { readers.removeAll { $0 === reader } }

    /// Gives a reader the named streams.
    /// - Returns: whether one of them is the tape's; then the start waits again.
    @discardableResult
    package func subscribe(_ reader: TapeReader, to names: [String], now: Instant) -> Bool {
        var isKnown = false
        for name in names {
            guard let served = ServedStream(name, in: source.catalog) else { continue }
            reader.selection.insert(name, served)
            isKnown = true
        }
        if isKnown { machine.namedStream(now: now) }
        return isKnown
    }

    package func unsubscribe(_ reader: TapeReader, from names: [String]) {
        for name in names {
            guard let served = ServedStream(name, in: source.catalog) else { continue }
            reader.selection.remove(name, served)
        }
    }

    /// Plays what is due.
    package func advance(now: Instant) -> Next {
        machine.timePassed(now: now)
        switch machine.state {
        case .idle, .finished: return .idle
        case .waiting(let until): return .at(until)
        case .playing: break
        }
        return machine.speed == .maximum ? playAsTaken() : playUntil(now)
    }

    /// The venue's clock in milliseconds: of the latest message with a time, else of the tape.
    package var venueMilliseconds: Int64 {
        statistics.catchUp(to: position, of: source)
        let known = statistics.venueTime
        return known > 0 ? known : source.epoch.nanoseconds / 1_000_000 + tapeTime / 1_000_000
    }

    private func playUntil(_ now: Instant) -> Next {
        guard let due = machine.tapeTime(now: now) else { return .idle }
        while source.prepare(position: position), source.window[position].time <= due {
            play()
        }
        tapeTime = max(tapeTime, due)
        deriveIfDue(at: due)
        for reader in readers { reader.timePassed(due, source.window) }
        guard source.prepare(position: position) else { return finish() }
        releasePlayed()
        var next = source.window[position].time
        for reader in readers {
            if let end = reader.stallEnd { next = min(next, end) }
            if !reader.selection.derived.isEmpty { next = min(next, nextDerived) }
        }
        return machine.due(tapeTime: next).map { .at($0) } ?? .idle
    }

    private func playAsTaken() -> Next {
        guard readers.contains(where: { !$0.selection.isEmpty }) else { return .idle }
        var played = 0
        while played < TapePlayer.messagesPerTurn {
            if readers.contains(where: \.isFull) {
                releasePlayed()
                return .whenOutputLeaves
            }
            guard source.prepare(position: position) else { return finish() }
            tapeTime = max(tapeTime, source.window[position].time)
            play()
            played += 1
        }
        releasePlayed()
        return .nextTurn
    }

    /// Plays the message at the present position to everybody.
    @inline(__always)
    private func play() {
        let window = source.window
        let message = window[position]
        if message.time >= nextDerived { deriveIfDue(at: message.time) }
        position += 1
        for reader in readers {
            reader.timePassed(message.time, window)
            reader.offer(position - 1, message, window, time: message.time)
        }
    }

    private func finish() -> Next {
        machine.playedLast()
        for reader in readers { reader.tapeEnded(source.window) }
        return .idle
    }

    private func releasePlayed() {
        let owed = readers.compactMap(\.oldestPosition).min() ?? position
        if source.window.byteCount > 1 << 20 { statistics.catchUp(to: position, of: source) }
        source.played(before: min(position, owed))
    }

    private func deriveIfDue(at time: Int64) {
        guard time >= nextDerived else { return }
        nextDerived = (time / TapePlayer.derivedEvery + 1) * TapePlayer.derivedEvery
        guard readers.contains(where: { !$0.selection.derived.isEmpty }) else { return }
        let eventTime = venueMilliseconds
        let window = source.window
        for reader in readers {
            for (name, kind, symbol) in reader.selection.derived {
                let numbers = statistics.symbol(symbol, at: position, of: source)
                let payload = DerivedPayload.stream(
                    kind, symbol: source.catalog.symbols[symbol], numbers, eventTime: eventTime)
                guard let payload else { continue }
                reader.offer(derived: Array(payload.utf8), name: name, window, time: time)
            }
        }
    }
}
