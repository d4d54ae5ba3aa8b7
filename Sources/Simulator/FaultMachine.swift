internal import Base

/// What becomes of one data message of one connection.
package enum FaultDecision: Equatable, Sendable {
    case send
    case drop
    case sendTwice
    /// Send it after this many of the next messages.
    case hold(messages: Int)
    /// Send the first `keeping` of its bytes, as a fraction strictly between 0 and 1.
    case truncate(keeping: Double)
    /// Send nothing for this long in tape time, from this message on.
    case stall(Duration)
    case disconnect(abruptly: Bool)
}

/// What becomes of one depth answer.
package struct SnapshotFaultDecision: Equatable, Sendable {
    package var isStale = false
    /// Zero: at once.
    package var delay: Duration = .zero
}

/// Decides which messages of one connection a fault hits.
///
/// Every kind draws from its own numbers, once a message, so that adding a kind does not move the
/// others. The same seed, connection number and message number give the same decision.
package struct FaultMachine: Sendable {
    private struct Source: Sendable {
        let kind: Fault.Kind
        let rate: Double
        var random: SeededRandom
    }

    private var sources: [Source]
    private var snapshotSources: [Source]

    /// - Parameter connection: the number of the connection, counted from the start.
    package init(faults: [Fault], seed: UInt64, connection: UInt64) {
        let all = faults.enumerated().map { place, fault in
            var mixer = SeededRandom(seed: seed)
            let kinds = UInt64(Fault.Kind.allCases.count)
            let number = UInt64(Fault.Kind.allCases.firstIndex(of: fault.kind) ?? place)
            let random = SeededRandom(seed: mixer.next() &+ connection &* kinds &+ number)
            return Source(kind: fault.kind, rate: fault.rate, random: random)
        }
        sources = all.filter { !$0.kind.isOfSnapshots }
        snapshotSources = all.filter { $0.kind.isOfSnapshots }
    }

    /// Whether any fault can hit a data message.
    package var touchesMessages: Bool { !sources.isEmpty }

    /// The fate of the next data message. Of several faults the first one asked for wins.
    package mutating func nextMessage() -> FaultDecision {
        var decision = FaultDecision.send
        for place in sources.indices {
            // Two numbers a message, whether it is hit or not: the order stays reproducible.
            let isHit = sources[place].random.chance(sources[place].rate)
            let detail = sources[place].random.unit()
            guard isHit, decision == .send else { continue }
            decision =
                switch sources[place].kind {
                case .drop: .drop
                case .duplicate: .sendTwice
                case .reorder: .hold(messages: 1 + Int(detail * 3))
                case .truncate: .truncate(keeping: 0.05 + detail * 0.9)
                case .stall: .stall(.seconds(2))
                case .disconnect: .disconnect(abruptly: detail < 0.5)
                case .snapshotLate, .snapshotStale: .send
                }
        }
        return decision
    }

    /// The fate of the next depth answer.
    package mutating func nextSnapshot() -> SnapshotFaultDecision {
        var decision = SnapshotFaultDecision()
        for place in snapshotSources.indices {
            let isHit = snapshotSources[place].random.chance(snapshotSources[place].rate)
            let detail = snapshotSources[place].random.unit()
            guard isHit else { continue }
            if snapshotSources[place].kind == .snapshotStale {
                decision.isStale = true
            } else {
                decision.delay = .milliseconds(1000 + Int64(detail * 2000))
            }
        }
        return decision
    }
}
