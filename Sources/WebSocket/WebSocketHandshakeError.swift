/// Why a handshake failed.
package enum WebSocketHandshakeError: Error, Equatable, Sendable {
    // The client's request, as a server judges it (RFC 6455 §4.2.1).
    case methodNotGet
    case notAnUpgrade
    case unsupportedVersion
    case malformedKey
    // The server's response, as a client judges it (§4.1).
    case status(Int)
    case upgradeMissing
    case acceptMismatch
    /// An extension or a subprotocol that we did not offer.
    case unrequested(header: String)

    /// What a server answers.
    package var status: Int {
        switch self {
        case .methodNotGet: 405
        case .notAnUpgrade, .unsupportedVersion: 426
        case .malformedKey, .status, .upgradeMissing, .acceptMismatch, .unrequested: 400
        }
    }
}
