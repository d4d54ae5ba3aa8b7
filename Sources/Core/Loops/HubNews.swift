internal import Market

/// What the hub that owns the topics tells the hubs of the other loops, in order.
enum HubNews: Sendable {
    /// A venue is configured, or its list of instruments is another one now.
    case listed(SymbolTable)
    /// An instrument's topics exist, named as in `InstrumentBoard.names`.
    case instrument(venue: String, symbol: Symbol, [TopicIdentity])
    /// A further topic exists: a book of another depth, or one that belongs to no instrument.
    case added(TopicIdentity)
    case changed(TopicChange)
    /// All topics of an instrument are no more, for that reason.
    case dissolved(venue: String, symbol: Symbol, TopicRefusal)
    /// The answer to the wish of the hub of that place.
    case echo(Int)
}
