internal import GRPC

/// Why a subscription ended or a question was not answered. What heals by itself (a lost
/// connection, a restarted gateway) is none: subscriptions go on.
public enum PenstockError: Error, Equatable, Sendable {
    /// The configuration cannot work; says what, where and what is allowed.
    case invalidConfiguration(String)
    /// The gateway serves none of the topics.
    case rejected([TopicRejection])
    /// No token, or one that the gateway does not believe.
    case unauthenticated(String)
    /// Believed, but not allowed.
    case permissionDenied(String)
    /// The gateway refuses the request as it stands: a gRPC status code and a text for people.
    case refused(code: Int, message: String)
    /// Not answered, or not established, in time.
    case deadlineExceeded(String)
    /// The gateway is out of reach, or does not have the data now.
    case unavailable(String)
    /// The gateway answered with what is no answer.
    case undecodable(String)
    /// The task was cancelled.
    case cancelled
    /// The client was closed.
    case closed

    init(_ status: RPCStatus) {
        self =
            switch status.code {
            case .unauthenticated: .unauthenticated(status.message)
            case .permissionDenied: .permissionDenied(status.message)
            case .deadlineExceeded: .deadlineExceeded(status.message)
            case .unavailable: .unavailable(status.message)
            case .cancelled: .cancelled
            case .ok, .unknown, .invalidArgument, .notFound, .alreadyExists, .resourceExhausted,
                .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internal, .dataLoss:
                .refused(code: Int(status.code.rawValue), message: status.message)
            }
    }
}

extension PenstockError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidConfiguration(let text): text
        case .rejected(let topics):
            topics.map { "\($0.topic): \($0.message)" }.joined(separator: "; ")
        case .unauthenticated(let text): "not authenticated: \(text)"
        case .permissionDenied(let text): "not permitted: \(text)"
        case .refused(let code, let message): "refused with status \(code): \(message)"
        case .deadlineExceeded(let text), .unavailable(let text), .undecodable(let text): text
        case .cancelled: "cancelled"
        case .closed: "the client was closed"
        }
    }
}
