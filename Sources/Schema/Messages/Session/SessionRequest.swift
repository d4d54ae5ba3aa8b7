/// What the client of a session says.
package struct SessionRequest: Equatable, Sendable {
    package enum Request: Equatable, Sendable {
        case hello(Hello)
        case subscribe(SubscribeTopics)
        case update(UpdateSubscription)
        case unsubscribe(Unsubscribe)
        case ack(Ack)
        case authRefresh(AuthRefresh)
        case ping(Ping)
        case check(CheckState)
    }

    package var request: Request?

    package init(request: Request? = nil) {
        self.request = request
    }
}

extension SessionRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SessionRequest"]

    package func write(to record: Record) {
        switch request {
        case .hello(let hello): record.set(1, Optional(hello))
        case .subscribe(let subscribe): record.set(2, Optional(subscribe))
        case .update(let update): record.set(3, Optional(update))
        case .unsubscribe(let unsubscribe): record.set(4, Optional(unsubscribe))
        case .ack(let ack): record.set(5, Optional(ack))
        case .authRefresh(let authRefresh): record.set(6, Optional(authRefresh))
        case .ping(let ping): record.set(7, Optional(ping))
        case .check(let check): record.set(8, Optional(check))
        case nil: break
        }
    }

    package init(_ record: Record) {
        request = Self.request(record)
    }

    private static func request(_ record: Record) -> Request? {
        if let hello: Hello = record.get(1) { return .hello(hello) }
        if let subscribe: SubscribeTopics = record.get(2) { return .subscribe(subscribe) }
        if let update: UpdateSubscription = record.get(3) { return .update(update) }
        if let unsubscribe: Unsubscribe = record.get(4) { return .unsubscribe(unsubscribe) }
        if let ack: Ack = record.get(5) { return .ack(ack) }
        if let authRefresh: AuthRefresh = record.get(6) { return .authRefresh(authRefresh) }
        if let ping: Ping = record.get(7) { return .ping(ping) }
        if let check: CheckState = record.get(8) { return .check(check) }
        return nil
    }
}
