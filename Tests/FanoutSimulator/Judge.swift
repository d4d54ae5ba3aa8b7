/// What must hold in every world.
package enum Invariant: String, Sendable, CaseIterable {
    /// A subscriber's merged state is the topic's state at the same position.
    case state
    /// No delta without a base that the subscriber has.
    case base
    /// Sequences go on by one within an epoch, and never back.
    case sequence
    /// What of an event topic does not come is named, exactly.
    case gap
    /// A filter keeps back what does not pass it, and nothing else.
    case filter
    /// Never more often than the rate allows.
    case rate
    /// Windows, queues and outputs keep their limits.
    case bound
    /// Everything refused or dropped is counted.
    case count
    /// Answers are in order, and nothing comes that was not asked for.
    case order
    /// When everything calms down everyone has everything.
    case calm
    /// A drain ends in time.
    case drain
    /// A new process has every topic of the one before.
    case takeover
    /// Nothing is left at the end.
    case leak
}

/// Who found what; the first finding ends a world.
package struct Violation: Error, Sendable, CustomStringConvertible {
    package let invariant: Invariant
    package let text: String

    package var description: String { "\(invariant.rawValue): \(text)" }
}

/// Collects findings where nothing can be thrown.
final class Judge {
    private(set) var violation: Violation?

    /// - Returns: whether it holds.
    @discardableResult
    func require(
        _ holds: Bool, _ invariant: Invariant, _ text: @autoclosure () -> String
    ) -> Bool {
        if !holds, violation == nil {
            violation = Violation(invariant: invariant, text: text())
        }
        return holds
    }

    func check() throws(Violation) {
        if let violation { throw violation }
    }
}
