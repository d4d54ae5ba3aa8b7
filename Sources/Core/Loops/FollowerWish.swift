/// What the hub of a loop asks of the hub that owns the topics.
package enum FollowerWish: Sendable {
    /// A subscriber named the topic.
    case topic(String)
    /// The hub of that place wants to be told when it has been told all that there is now.
    case echo(Int)
}
