package import GRPC
package import HTTP2
package import Runtime

/// How a gateway serves, beside what it serves.
package struct GatewayOptions {
    package var limits = GatewayLimits()

    /// Of every HTTP/2 connection, and of the calls on it.
    package var http2 = HTTP2Limits()
    package var rpc = RPCLimits()

    /// Connections that the process lives from: channels for channelz, services for health.
    package var sources: [any ChannelzSource] = []

    /// What every call passes after it was counted and logged, outermost first.
    package var interceptors: [any RPCInterceptor] = []

    /// What clients are secured with; nil: everything is cleartext.
    package var tls: TLSServerContext?

    /// Serves cleartext on the same port although there is TLS. Default no: who configures
    /// certificates does not expect that a client can go without.
    package var allowsCleartext = false

    /// Whether GET /metrics is answered to anybody. Default: yes, it says how much, not to whom.
    package var isMetricsOpen = true

    /// Called every second while the server listens: what is looked up rather than counted.
    package var census: () -> Void = {}

    package init() {}
}
