package import Base
package import Schema

/// What the machine of a session wants done. `answers` is the number of the request.
package enum SessionAction: Equatable, Sendable {
    case welcome(answers: UInt64, HelloPlan)
    case open(answers: UInt64, SubscriptionPlan)
    case change(answers: UInt64, SubscriptionChange)
    /// No topics: all of them.
    case close(answers: UInt64, id: UInt32, topics: [String])
    case acknowledge(answers: UInt64, [TopicPosition])
    case refresh(answers: UInt64, token: String)
    case pong(answers: UInt64, nonce: UInt64?)
    case check(answers: UInt64, id: UInt32, topic: String)
    case refuse(answers: UInt64, Refusal)
    case heartbeat
    case drain(until: Instant)
    case count(SessionLimit)
    case finish(SessionEnd)
}
