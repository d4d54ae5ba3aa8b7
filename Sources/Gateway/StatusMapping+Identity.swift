package import GRPC
package import Identity

extension StatusMapping {
    /// Who has no good credentials is told why, for people and for programs; who has them and not
    /// the role is told which of the two it is.
    package static func status(_ error: CredentialError) -> RPCStatus {
        RPCStatus(
            error == .roleMissing ? .permissionDenied : .unauthenticated,
            "\(error.reason): \(error)")
    }

    /// Topics of a living call that its caller may not have any more.
    static func noLongerAllowed(_ topics: [String]) -> RPCStatus {
        RPCStatus(
            .permissionDenied,
            "\(topics.count) of your topics are not yours any more, the first is "
                + "\(topics.first ?? "")")
    }
}
