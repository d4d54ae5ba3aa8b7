package import Core
package import GRPC
package import Schema

/// The one place where inner errors become gRPC statuses. No `default`: a new error
/// does not compile before it has a status. UNKNOWN is never sent.
package enum StatusMapping {
    package static func status(_ error: SchemaError) -> RPCStatus {
        RPCStatus(.invalidArgument, "the request cannot be decoded: \(error)")
    }

    package static func status(_ refusal: TopicRefusal) -> RPCStatus {
        switch refusal.reason {
        case .malformed: RPCStatus(.invalidArgument, refusal.message)
        case .unknown: RPCStatus(.notFound, refusal.message)
        case .twice: RPCStatus(.alreadyExists, refusal.message)
        case .forbidden: RPCStatus(.permissionDenied, refusal.message)
        case .exhausted: RPCStatus(.resourceExhausted, refusal.message)
        }
    }

    package static func status(_ end: SessionEnd) -> RPCStatus {
        switch end {
        case .clientEnded: .ok
        case .invalid(let text): RPCStatus(.invalidArgument, text)
        case .silent(let limit): RPCStatus(.deadlineExceeded, "no hello within \(limit)")
        case .tooManyRequests(let count):
            RPCStatus(.resourceExhausted, "more than \(count) requests a second")
        case .drained: draining
        }
    }

    /// A call that would never end by itself makes room for the end of its connection.
    static let draining = RPCStatus(.unavailable, "the server drains; connect again, or elsewhere")

    static func noTopics(_ method: String) -> RPCStatus {
        RPCStatus(
            .invalidArgument,
            "\(method) names no topic; expected at least one like \"book:binance:BTC/USDT\"")
    }

    static func tooManyTopics(_ count: Int, limit: Int) -> RPCStatus {
        RPCStatus(
            .resourceExhausted, "\(count) topics in one call; the server allows \(limit)")
    }

    /// The one topic of a call was refused.
    static func rejected(_ rejected: [RejectedTopic]) -> RPCStatus {
        let only = rejected.first
        let reason = TopicRefusal.Reason(rawValue: Int(only?.code ?? 3)) ?? .malformed
        return status(TopicRefusal(reason, only?.message ?? "no topic"))
    }

    /// What a call asks beside its topics makes no sense, or is too much.
    static func status(_ refusal: Schema.Refusal) -> RPCStatus {
        let text = refusal.message ?? ""
        return refusal.code == Schema.Refusal.Reason.exhausted.rawValue
            ? RPCStatus(.resourceExhausted, text) : RPCStatus(.invalidArgument, text)
    }

    /// Every topic of a call was refused, and why the first one was: PERMISSION_DENIED if none is
    /// the caller's to have, else NOT_FOUND.
    static func allRejected(_ rejected: [RejectedTopic]) -> RPCStatus {
        let first = rejected.first
        let forbidden = UInt32(TopicRefusal.Reason.forbidden.rawValue)
        return RPCStatus(
            rejected.allSatisfy { $0.code == forbidden } ? .permissionDenied : .notFound,
            "all \(rejected.count) topics rejected; \(first?.name ?? ""): \(first?.message ?? "")")
    }
}
