/// What happens to a subscriber who is too slow.
package enum OverflowPolicy: Sendable {
    /// State topics conflate, event topics tell their gap.
    case standard
    case conflate
    case gap
    case close
}
