package import Market

/// What the hub that owns the topics tells the hubs of the other loops, in order.
package enum HubNews: Sendable {
    /// A venue is configured, or its list of instruments is another one now.
    case listed(SymbolTable)
    /// A topic exists.
    case added(String)
    case changed(TopicChange)
    /// All topics of an instrument are no more, for that reason.
    case dissolved(venue: String, symbol: Symbol, TopicRefusal)
    /// The answer to a wish of that number, which is one follower's.
    case echo(UInt64)
}
