package import Schema

/// A topic that the gateway does not serve, and why.
public struct TopicRejection: Equatable, Sendable {
    public let topic: String
    /// A gRPC status code: 3 malformed, 5 unknown venue, instrument or kind, 7 not permitted.
    public let code: Int
    /// For people.
    public let message: String

    package init(_ rejected: RejectedTopic) {
        topic = rejected.name ?? ""
        code = Int(rejected.code ?? 0)
        message = rejected.message ?? ""
    }
}
