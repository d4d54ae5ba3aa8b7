internal import Schema

/// Why a topic cannot be subscribed. Raw values are gRPC status codes.
package struct TopicRefusal: Error, Equatable {
    package enum Reason: Int, Sendable {
        case malformed = 3
        case unknown = 5
        case twice = 6
        case forbidden = 7
        case exhausted = 8
    }

    package let reason: Reason
    /// For people: what is wrong and what is allowed.
    package let message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

extension TopicRefusal {
    /// As the client of a subscription is told.
    func message(of name: String) -> RejectedTopic {
        RejectedTopic(name: name, code: UInt32(reason.rawValue), message: message)
    }
}
