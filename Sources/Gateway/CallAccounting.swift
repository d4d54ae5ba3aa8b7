internal import Base
internal import GRPC

/// Outermost: counts every call by the status it ended with, and logs it at `debug`.
final class CallAccounting: RPCInterceptor {
    /// By status code, so that counting a call is one look-up in an array.
    private let counters: [Counter]
    private(set) var counts = CallCounts()
    private let log = Log("call")

    init(_ registry: MetricRegistry) {
        counters = RPCCode.allCases.map { code in
            registry.counter(
                "penstock_gateway_calls_total", help: "Calls that ended, by status.",
                labels: [("status", "\(code)")])
        }
    }

    func admit(_ call: RPCCall) -> RPCStatus? {
        counts.started += 1
        counts.lastStarted = call.started
        return nil
    }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        counters[Int(status.code.rawValue)].add()
        if status.code == .ok { counts.succeeded += 1 } else { counts.failed += 1 }
        log.debug(
            "ended",
            [
                ("method", call.path), ("peer", call.peer.address), ("status", "\(status.code)"),
                ("text", status.message),
            ])
    }
}
