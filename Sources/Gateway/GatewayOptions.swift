package import GRPC

/// How a gateway serves, beside what it serves.
package struct GatewayOptions {
    package var limits = GatewayLimits()

    /// What every call passes after it was counted and logged, outermost first.
    package var interceptors: [any RPCInterceptor] = []

    /// Whether GET /metrics is answered to anybody. Default: yes, it says how much, not to whom.
    package var isMetricsOpen = true

    package init() {}
}
