package import GRPC
package import Identity
internal import Schema

extension StatusMapping {
    /// Whose reasons those of an `ErrorInfo` are.
    static let errorDomain = "penstock"

    /// Who has no good credentials is told why; who has them and not the role is told that. The
    /// reason for programs is in an `ErrorInfo`.
    package static func status(_ error: CredentialError) -> RPCStatus {
        rich(
            error == .roleMissing ? .permissionDenied : .unauthenticated, "\(error)",
            reason: error.reason)
    }

    /// Topics of a living call that its caller may not have any more.
    static func noLongerAllowed(_ topics: [String]) -> RPCStatus {
        rich(
            .permissionDenied,
            "\(topics.count) of your topics are not yours any more, the first is "
                + "\(topics.first ?? "")", reason: "TOPIC_FORBIDDEN")
    }

    private static func rich(_ code: RPCCode, _ message: String, reason: String) -> RPCStatus {
        let info = ErrorInfo(reason: reason, domain: errorDomain)
        let details = RPCStatusMessage(
            code: Int32(code.rawValue), message: message, details: [AnyMessage(info)])
        return RPCStatus(code, message, details: details.encoded(.protobuf))
    }
}
