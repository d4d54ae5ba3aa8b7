package import Streams

/// One session's interest in one topic: a row of one of the topic's audiences and a cursor.
package final class Subscription {
    /// How far a subscription that is not current has come.
    package enum Cursor: Hashable {
        case nothing
        case at(Position)
        /// Event topics: the client resumed from an epoch that is gone.
        case lostEpoch
    }

    // There are many subscriptions: in this order the fields leave no gaps.
    package let topic: Topic
    unowned let session: Session
    package internal(set) var audience: Audience
    /// Nil: everything that the audience was told.
    var cursor: Cursor? {
        didSet { if (cursor == nil) != (oldValue == nil) { audience.cursorMoved(of: self) } }
    }
    /// Row number in the audience, kept by the audience.
    var row: Int {
        get { Int(rowNumber) }
        set { rowNumber = UInt32(newValue) }
    }
    private var rowNumber: UInt32 = 0
    /// Waits in its session's list of those who are behind.
    var isQueued = false
    /// A loss ends the subscription instead of being made up for or told.
    var closesWhenBehind = false
    /// Something was sent; what is lost from now on is the subscriber's slowness.
    var hasStarted = false
    /// Has had everything there was, once.
    package internal(set) var isCaughtUp = false
    /// Names the subscription of the session that this is a part of.
    package let tag: UInt32
    /// The topic's sequence just before the subscriber could not take something.
    var behindSince: UInt64 = 0
    /// Events that caught it up, statuses and gaps not counted.
    package internal(set) var eventsSent: UInt64 = 0

    init(topic: Topic, session: Session, audience: Audience, tag: UInt32) {
        self.topic = topic
        self.session = session
        self.audience = audience
        self.tag = tag
    }

    /// What the subscriber has been sent; nil before anything was.
    package var sent: Position? {
        switch cursor {
        case nil: audience.told
        case .at(let position): position
        case .nothing, .lostEpoch: nil
        }
    }

    /// Waits for room in the stream.
    package var isBehind: Bool { isQueued }
}
