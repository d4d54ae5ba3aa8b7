/// Answers of gRPC's health service.
package enum ServingStatus: Int32, Sendable, CaseIterable {
    case unknown
    case serving
    case notServing
    /// `Watch` only.
    case serviceUnknown
}
