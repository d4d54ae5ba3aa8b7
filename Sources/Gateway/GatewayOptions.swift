package import GRPC
package import Runtime

/// How a gateway serves, beside what it serves.
package struct GatewayOptions {
    package var limits = GatewayLimits()

    /// What every call passes after it was counted and logged, outermost first.
    package var interceptors: [any RPCInterceptor] = []

    /// Whether GET /metrics is answered to anybody. Default: yes, it says how much, not to whom.
    package var isMetricsOpen = true

    /// What clients are secured with; nil: everything is cleartext.
    package var tls: TLSServerContext?

    /// Serves cleartext on the same port although there is TLS. Default no: who configures
    /// certificates does not expect that a client can go without.
    package var allowsCleartext = false

    package init() {}
}
