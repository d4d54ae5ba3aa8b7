internal import Base
internal import HTTP2

/// How a client reads a status where the server's own words are missing
/// (grpc/doc/http-grpc-status-mapping.md; PROTOCOL-HTTP2.md, "Errors").
extension RPCStatus {
    /// Nil: the block has no status.
    init?(fields: [HTTP2Field]) {
        guard let text = fields.first(named: "grpc-status") else { return nil }
        self.init(UInt8(text).flatMap { RPCCode(rawValue: $0) } ?? .unknown)
        message = PercentEncoding.decode(fields.first(named: "grpc-message") ?? "")
        details = Base64.decode(fields.first(named: "grpc-status-details-bin") ?? "") ?? []
    }

    init(httpStatus: String) {
        let code: RPCCode =
            switch httpStatus {
            case "400": .internal
            case "401": .unauthenticated
            case "403": .permissionDenied
            case "404": .unimplemented
            case "429", "502", "503", "504": .unavailable
            default: .unknown
            }
        self.init(code, "HTTP status \(httpStatus)")
    }

    init(resetBy code: HTTP2ErrorCode) {
        let mapped: RPCCode =
            switch code {
            case .refusedStream: .unavailable
            case .cancel: .cancelled
            case .enhanceYourCalm: .resourceExhausted
            default: .internal
            }
        self.init(mapped, "the stream was reset with code \(code.rawValue)")
    }
}
