/// How a call ended: a code for programs, a text for people, optional machine-readable details (a
/// serialised google.rpc.Status, sent as `grpc-status-details-bin`).
package struct RPCStatus: Error, Equatable, Sendable {
    package var code: RPCCode
    package var message: String
    package var details: [UInt8]

    package init(_ code: RPCCode, _ message: String = "", details: [UInt8] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    package static let ok = RPCStatus(.ok)
}
