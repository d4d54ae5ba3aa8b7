internal import Base
internal import GRPC
internal import Identity
internal import Runtime

/// Counts refused credentials by reason, and logs at most one a second: a flood of bad tokens is
/// told by its number. Neither has anything of a token in it.
final class RefusalAccounting {
    private let counters: [CredentialError: Counter]
    private let log = Log("auth")
    private var nextLine = Instant(nanoseconds: .min)
    private var unlogged = 0

    private static let logInterval = Duration.seconds(1)

    init(_ registry: MetricRegistry) {
        counters = Dictionary(
            uniqueKeysWithValues: CredentialError.allCases.map { error in
                (
                    error,
                    registry.counter(
                        "penstock_auth_refusals_total", help: "Credentials refused, by reason.",
                        labels: [("reason", error.reason)])
                )
            })
    }

    func refused(_ error: CredentialError, _ call: RPCCall) {
        counters[error]?.add()
        let now = Clock.now()
        guard now >= nextLine else {
            unlogged += 1
            return
        }
        nextLine = now + Self.logInterval
        log.warning(
            "refused",
            [
                ("reason", error.reason), ("method", call.path), ("peer", call.peer.address),
                ("more", String(unlogged)),
            ])
        unlogged = 0
    }
}
