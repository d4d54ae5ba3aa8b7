package import Base

/// Binance's rules for a stream connection: a ping every 20 s, an answer
/// within a minute, at most five incoming messages a second.
package struct ConnectionRules: Sendable {
    package enum Verdict: Equatable, Sendable {
        case fine
        case sendPing(payload: String)
        case disconnect
    }

    package static let pingEvery = Duration.seconds(20)
    package static let pongWithin = Duration.seconds(60)
    package static let messagesPerSecondMax = 5

    private var nextPing: Instant
    /// Pings not answered yet, oldest first. At most three fit in a minute.
    private var unanswered: [(payload: String, sent: Instant)] = []
    /// Tape time at which the present second of the message limit began.
    private var secondBegan: Int64 = .min
    private var messagesInSecond = 0
    private let limitsMessages: Bool

    /// - Parameter limitsMessages: false switches the message limit off.
    package init(now: Instant, limitsMessages: Bool) {
        nextPing = now + ConnectionRules.pingEvery
        self.limitsMessages = limitsMessages
    }

    /// When `timePassed` wants to be called.
    package var nextInstant: Instant {
        unanswered.first.map { min($0.sent + ConnectionRules.pongWithin, nextPing) } ?? nextPing
    }

    package mutating func timePassed(now: Instant) -> Verdict {
        if let oldest = unanswered.first, oldest.sent + ConnectionRules.pongWithin <= now {
            return .disconnect
        }
        guard nextPing <= now else { return .fine }
        nextPing = now + ConnectionRules.pingEvery
        let payload = "\(now.nanoseconds / 1_000_000)"
        unanswered.append((payload, now))
        return .sendPing(payload: payload)
    }

    /// A pong answers the ping with its payload and all before it; others count for nothing.
    package mutating func receivedPong(_ payload: String) {
        guard let place = unanswered.lastIndex(where: { $0.payload == payload }) else { return }
        unanswered.removeFirst(place + 1)
    }

    /// Any incoming frame, pongs included.
    /// - Parameter time: tape time in nanoseconds.
    package mutating func receivedMessage(time: Int64) -> Verdict {
        guard limitsMessages else { return .fine }
        if secondBegan == .min || time - secondBegan >= 1_000_000_000 {
            secondBegan = time
            messagesInSecond = 0
        }
        messagesInSecond += 1
        return messagesInSecond > ConnectionRules.messagesPerSecondMax ? .disconnect : .fine
    }
}
