/// What comes next of a topic; `SubscribedTopic.Follows` in Protos/.
package enum Follows: Int32, Sendable, CaseIterable {
    case unspecified
    /// Of the present state.
    case snapshot
    /// Exactly what was missed, if anything.
    case delta
    /// `firstSequence` and all later ones.
    case events
    /// Then events from `firstSequence` on.
    case gap
    /// A snapshot when the state changes next.
    case change
}
