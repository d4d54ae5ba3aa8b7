package import Schema

extension Refusal: Error {
    /// gRPC status codes that a refusal may have.
    package enum Reason: UInt32, Sendable {
        case invalid = 3
        case unknown = 5
        case twice = 6
        case forbidden = 7
        case exhausted = 8
        /// Was right before, is no more.
        case late = 9
        case unimplemented = 12
        case unauthenticated = 16
    }

    package init(
        _ reason: Reason, _ message: String, field: String? = nil, id: UInt32? = nil
    ) {
        self.init(code: reason.rawValue, message: message, field: field, id: id)
    }

    /// A filter is more than the server allows.
    package var isFilterLimit: Bool {
        field == "filter" && code == Reason.exhausted.rawValue
    }
}
