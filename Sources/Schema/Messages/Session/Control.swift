/// What the server of a session says beside updates.
package struct Control: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        case welcome(Welcome)
        case subscribed(SubscriptionAnswer)
        case updated(SubscriptionAnswer)
        case unsubscribed(Unsubscribed)
        case acknowledged(Acknowledged)
        case refreshed(Refreshed)
        case pong(Pong)
        case refused(Refusal)
        case caughtUp(CaughtUp)
        case heartbeat(Heartbeat)
        case closed(SubscriptionClosed)
        case drain(Drain)
        case checked(StateChecked)
    }

    /// Which request this answers, from 1; nil: the server speaks by itself.
    package var answers: UInt64?
    package var content: Content?

    package init(answers: UInt64? = nil, content: Content? = nil) {
        self.answers = answers
        self.content = content
    }
}

extension Control: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Control"]

    package func write(to record: Record) {
        record.set(1, answers)
        switch content {
        case .welcome(let welcome): record.set(2, Optional(welcome))
        case .subscribed(let subscribed): record.set(3, Optional(subscribed))
        case .updated(let updated): record.set(4, Optional(updated))
        case .unsubscribed(let unsubscribed): record.set(5, Optional(unsubscribed))
        case .acknowledged(let acknowledged): record.set(6, Optional(acknowledged))
        case .refreshed(let refreshed): record.set(7, Optional(refreshed))
        case .pong(let pong): record.set(8, Optional(pong))
        case .refused(let refused): record.set(9, Optional(refused))
        case .caughtUp(let caughtUp): record.set(10, Optional(caughtUp))
        case .heartbeat(let heartbeat): record.set(11, Optional(heartbeat))
        case .closed(let closed): record.set(12, Optional(closed))
        case .drain(let drain): record.set(13, Optional(drain))
        case .checked(let checked): record.set(14, Optional(checked))
        case nil: break
        }
    }

    package init(_ record: Record) {
        answers = record.get(1)
        content = Self.content(record)
    }

    private static func content(_ record: Record) -> Content? {
        if let welcome: Welcome = record.get(2) { return .welcome(welcome) }
        if let subscribed: SubscriptionAnswer = record.get(3) { return .subscribed(subscribed) }
        if let updated: SubscriptionAnswer = record.get(4) { return .updated(updated) }
        if let unsubscribed: Unsubscribed = record.get(5) { return .unsubscribed(unsubscribed) }
        if let acknowledged: Acknowledged = record.get(6) { return .acknowledged(acknowledged) }
        if let refreshed: Refreshed = record.get(7) { return .refreshed(refreshed) }
        if let pong: Pong = record.get(8) { return .pong(pong) }
        if let refused: Refusal = record.get(9) { return .refused(refused) }
        if let caughtUp: CaughtUp = record.get(10) { return .caughtUp(caughtUp) }
        if let heartbeat: Heartbeat = record.get(11) { return .heartbeat(heartbeat) }
        if let closed: SubscriptionClosed = record.get(12) { return .closed(closed) }
        if let drain: Drain = record.get(13) { return .drain(drain) }
        if let checked: StateChecked = record.get(14) { return .checked(checked) }
        return nil
    }
}
