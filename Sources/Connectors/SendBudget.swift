package import Base

/// Paces what we send on a connection whose venue counts messages per second.
///
/// Texts may use all but one of the places in any second; pongs may use the last one, so that a
/// burst of subscriptions never costs us the answer to a ping.
package struct SendBudget: Sendable {
    private let messagesMax: Int
    private let span: Duration
    private var sent: [Instant] = []

    /// `messagesMax` per `span`; at least 2.
    package init(messagesMax: Int = 5, span: Duration = .seconds(1)) {
        precondition(messagesMax >= 2)
        self.messagesMax = messagesMax
        self.span = span
    }

    package mutating func takeText(at now: Instant) -> Bool { take(messagesMax - 1, at: now) }

    package mutating func takePong(at now: Instant) -> Bool { take(messagesMax, at: now) }

    private mutating func take(_ limit: Int, at now: Instant) -> Bool {
        sent.removeAll { $0 + span <= now }
        guard sent.count < limit else { return false }
        sent.append(now)
        return true
    }
}
