/// How a subscription is delivered.
public struct SubscriptionOptions: Sendable {
    /// Updates of books and ticks that wait one by one for a consumer that is busy; beyond, each
    /// topic goes on with its newest state. 0: always the newest, which is what a consumer wants
    /// that acts on the present.
    public var statesKeptMax = 0

    /// Trades and other events that wait for a consumer that is busy. Beyond, the oldest are
    /// dropped and named by a `gap`. Default 1,024, a second of a very busy market.
    public var eventsKeptMax = 1024

    /// The subscription ends with `deadlineExceeded` unless the gateway has acknowledged it by
    /// then; nil: it waits for ever. Later interruptions have no limit. Default 30 s: a gateway
    /// that restarts is back by then, a wrong address never.
    public var establishWithin: Duration? = .seconds(30)

    /// Which changes are wanted, such as "side == buy and quantity >= 2.5", or
    /// "change(best_bid_price) >= 0.1%"; nil: all. States are sent when they pass, with everything
    /// that changed since; of events those that pass. A filter that the gateway does not understand
    /// ends the subscription with `refused`, saying where and why.
    public var filter: String?

    /// Where event topics begin; a topic of states is rejected unless it is `present`. What the
    /// gateway has lost of it is a `gap`. After an interruption each goes on where it stood.
    public var start = Start.present

    /// Where in a topic's past a subscription begins.
    public enum Start: Equatable, Sendable {
        /// States: as they are; events: the next one.
        case present
        /// That event of the topic's present epoch, and all later ones.
        case sequence(UInt64)
        /// Events published then or later, in nanoseconds since 1970.
        case time(UInt64)
        /// So many of the newest events, and all later ones.
        case last(UInt32)
    }

    /// Told when the connection or the call is lost and will be made again. Called on the client's
    /// own thread: return soon.
    public var onInterruption: @Sendable (SubscriptionInterruption) -> Void = { _ in }

    public init() {}
}

/// A subscription was interrupted, and goes on by itself.
public struct SubscriptionInterruption: Equatable, Sendable {
    /// For people.
    public let reason: String
    public let retryAfter: Duration
}
