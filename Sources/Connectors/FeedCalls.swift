package import Base

/// Requests of a feed to its venue (instrument lists, snapshots), for operators.
package struct FeedCalls: Equatable, Sendable {
    package internal(set) var started = 0
    /// Answered with a status of 2xx.
    package internal(set) var succeeded = 0
    package internal(set) var failed = 0
    package internal(set) var lastStarted: Instant?
}
