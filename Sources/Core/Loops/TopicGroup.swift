internal import Market

/// Topics that come and go together.
enum TopicGroup: Hashable, Sendable {
    case instrument(venue: String, Symbol)
    /// A topic of that name, which belongs to no instrument.
    case alone(String)
}
