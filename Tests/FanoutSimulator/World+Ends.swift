import Base

/// The end of a world, and what must be true then.
extension World {
    /// What was counted is what happened, as far as everything arrived.
    func judgeCounts() throws(Violation) {
        let refused = counted("penstock_session_requests_refused_total")
        let told = subscribers.reduce(0) { $0 + $1.refusalsTold }
        judge.require(
            refused >= UInt64(told), .count, "\(told) refusals were told, \(refused) counted")
        let closed = counted("penstock_session_subscriptions_closed_total")
        let closedTold = subscribers.reduce(0) { $0 + $1.closedTold }
        judge.require(
            closed >= UInt64(closedTold), .count,
            "\(closedTold) subscriptions were told that they are closed, \(closed) counted")
        for subscriber in subscribers {
            guard let connection = subscriber.connection, !connection.isOver, !subscriber.isLost,
                let end = end(of: connection), end.isOpen, !connection.hasReset
            else { continue }
            judge.require(
                end.messagesSent == connection.messagesReceived, .count,
                "server \(end.number) counted \(end.messagesSent) messages, "
                    + "\(connection.messagesReceived) came")
        }
        try judge.check()
    }

    /// On all loops.
    private func counted(_ name: String) -> UInt64 {
        allLoops.reduce(0) { $0 + $1.counter(name) }
    }

    private static let lastTurnsMax = 1000

    /// Either the server drains or all clients leave; in both cases nothing is left.
    func end() throws(Violation) {
        if dice.chance(0.5) { try drain() } else { for one in subscribers { one.leave() } }
        // What the clients said last is still heard, in pieces.
        for _ in 0..<Self.lastTurnsMax where !allLoops.allSatisfy(\.ends.isEmpty) {
            clock.advance(by: .milliseconds(10))
            for loop in allLoops { loop.runTurn() }
            try judge.check()
        }
        for subscriber in subscribers { subscriber.forget() }
        ends = [:]
        for loop in allLoops {
            judge.require(
                loop.ends.isEmpty, .drain, "\(loop.ends.count) connections are left")
            for name in ["penstock_subscriptions", "penstock_sessions"] {
                judge.require(
                    loop.gauge(name) == 0, .leak, "\(name) is \(loop.gauge(name)) at the end")
            }
        }
        try judge.check()
    }

    /// Whoever is still there has the limit, a second for last words, and as long as a socket may
    /// take to be closed.
    private func drain() throws(Violation) {
        let limit = Duration.milliseconds(dice.spread(1...8000))
        trace.note("the server drains within \(limit)")
        let isOverAt = clock.instant + limit + .seconds(1) + .seconds(5) + .seconds(1)
        for loop in allLoops { for end in loop.ends { end.drain(within: limit) } }
        while clock.instant < isOverAt {
            clock.advance(by: .milliseconds(dice.within(1...100)))
            for loop in allLoops { loop.runTurn() }
            for subscriber in subscribers { subscriber.act() }
            tally.steps += 1
            try judge.check()
            if allLoops.allSatisfy({ $0.ends.isEmpty }) { break }
        }
        for loop in allLoops {
            judge.require(
                loop.ends.isEmpty, .drain,
                "\(loop.ends.count) connections outlive a drain of \(limit)")
        }
        try judge.check()
    }
}
