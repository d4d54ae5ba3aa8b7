internal import Base
internal import GRPC

/// Outermost: counts every call by the status it ended with, and logs it at `debug`.
final class CallAccounting: RPCInterceptor {
    /// By status code, so that counting a call is one look-up in an array.
    private let counters: [Counter]
    private let log = Log("call")

    init(_ registry: MetricRegistry) {
        counters = RPCCode.allCases.map { code in
            registry.counter(
                "penstock_gateway_calls_total", help: "Calls that ended, by status.",
                labels: [("status", "\(code)")])
        }
    }

    func admit(_ call: RPCCall) -> RPCStatus? { nil }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        counters[Int(status.code.rawValue)].add()
        log.debug(
            "ended",
            [
                ("method", call.path), ("peer", call.peer.address), ("status", "\(status.code)"),
                ("text", status.message),
            ])
    }
}
