package import Streams

/// One session's interest in one topic: a row of the topic's audience and a cursor.
package final class Subscription {
    /// How far a subscription that is behind has come.
    package enum Cursor: Equatable {
        case nothing
        case at(Position)
        /// Event topics: the client resumed from an epoch that is gone.
        case lostEpoch
    }

    package let topic: Topic
    unowned let session: Session
    /// nil: up to date with everything the topic has published.
    var cursor: Cursor?
    /// Row number in the audience, kept by the audience.
    var row = 0
    /// Waits in its session's list of those who are behind.
    var isQueued = false

    init(topic: Topic, session: Session) {
        self.topic = topic
        self.session = session
    }
}
