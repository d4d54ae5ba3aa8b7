package import GRPC

/// How a gateway serves, beside what it serves.
package struct GatewayOptions {
    package var limits = GatewayLimits()

    /// Connections that the process lives from: channels for channelz, services for health.
    package var sources: [any ChannelzSource] = []

    /// What every call passes after it was counted and logged, outermost first.
    package var interceptors: [any RPCInterceptor] = []

    package init() {}
}
