internal import Core
internal import GRPC
internal import Gateway
internal import HTTP2
internal import Streams

/// One limit that the configuration file may change; the defaults and their reasons stand where
/// the limits are (`GatewayLimits`, `HTTP2Limits`, `RPCLimits`, `HubLimits`).
struct LimitSetting: Sendable {
    let key: String
    let range: ClosedRange<Int>
    let apply: @Sendable (inout LimitConfiguration, Int) -> Void

    /// A year in seconds.
    private static let secondsMax = 31_536_000

    static let all = [
        LimitSetting(key: "connections", range: 1...1_000_000) { $0.gateway.connectionsMax = $1 },
        LimitSetting(key: "connectionsPerAddress", range: 1...1_000_000) {
            $0.gateway.connectionsPerAddressMax = $1
        },
        LimitSetting(key: "streamsPerConnection", range: 1...100_000) {
            $0.http2.concurrentStreamsMax = UInt32($1)
        },
        LimitSetting(key: "topicsPerCall", range: 1...1_000_000) {
            $0.gateway.topicsPerCallMax = $1
            $0.gateway.session.topicsPerSubscriptionMax = $1
        },
        LimitSetting(key: "messageBytes", range: 1024...(64 << 20)) {
            $0.rpc.messageBytesMax = $1
            $0.rpc.partialBytesMax = max($0.rpc.partialBytesMax, 4 * $1)
        },
        LimitSetting(key: "metadataBytes", range: 256...65_536) {
            $0.rpc.metadataBytesMax = $1
            $0.http2.headerListBytesMax = max($0.http2.headerListBytesMax, 2 * $1)
            $0.http2.headerBlockBytesMax = max($0.http2.headerBlockBytesMax, 8 * $1)
        },
        LimitSetting(key: "connectionBytes", range: (1 << 20)...(1 << 32)) {
            $0.gateway.connectionBytesMax = $1
        },
        LimitSetting(key: "catchUpBytes", range: 65_536...(1 << 30)) {
            $0.http2.queuedByTrySendMax = $1
        },
        LimitSetting(key: "identityBytes", range: (1 << 20)...(1 << 40)) {
            $0.gateway.identityBytesMax = $1
        },
        LimitSetting(key: "memoryBytes", range: (4 << 20)...(1 << 40)) {
            $0.gateway.memoryBytesMax = $1
        },
        LimitSetting(key: "connectionAgeSeconds", range: 0...secondsMax) {
            $0.rpc.connectionAgeMax = $1 == 0 ? nil : .seconds($1)
        },
        LimitSetting(key: "connectionAgeGraceSeconds", range: 0...secondsMax) {
            $0.rpc.connectionAgeGrace = .seconds($1)
        },
        LimitSetting(key: "connectionIdleSeconds", range: 0...secondsMax) {
            $0.rpc.connectionIdleMax = $1 == 0 ? nil : .seconds($1)
        },
        LimitSetting(key: "keepaliveSeconds", range: 1...86_400) {
            $0.rpc.keepaliveInterval = .seconds($1)
        },
        LimitSetting(key: "keepaliveTimeoutSeconds", range: 1...3600) {
            $0.rpc.keepaliveTimeout = .seconds($1)
        },
        LimitSetting(key: "stalledOutputSeconds", range: 1...3600) {
            $0.rpc.outputStallMax = .seconds($1)
        },
        LimitSetting(key: "headerSeconds", range: 1...3600) {
            $0.http2.headerTimeMax = .seconds($1)
        },
        LimitSetting(key: "messageSeconds", range: 1...3600) {
            $0.rpc.messageTimeMax = .seconds($1)
        },
        LimitSetting(key: "handshakeSeconds", range: 1...3600) {
            $0.gateway.handshakeTimeout = .seconds($1)
        },
        LimitSetting(key: "pingIntervalSeconds", range: 1...3600) {
            $0.http2.pingIntervalMin = .milliseconds(900 * $1)
        },
        LimitSetting(key: "topics", range: 4...10_000_000) { $0.hub.topicsMax = $1 },
        LimitSetting(key: "eventsPerTopic", range: 1...100_000_000) {
            $0.hub.eventsPerTopicMax = $1
        },
        LimitSetting(key: "eventBytesPerTopic", range: 1024...(1 << 36)) {
            $0.hub.eventBytesPerTopicMax = $1
        },
        LimitSetting(key: "eventBytes", range: (64 << 20)...(1 << 44)) {
            $0.hub.eventBytesMax = $1
        },
        LimitSetting(key: "removalsPerBook", range: 2...10_000_000) {
            $0.hub.removalsPerBookMax = $1
        },
        LimitSetting(key: "closeLag", range: 1...1_000_000_000) {
            $0.hub.closeLagMax = UInt64($1)
        },
        LimitSetting(key: "audiencesPerTopic", range: 1...1_000_000) {
            $0.hub.audiencesPerTopicMax = $1
        },
        LimitSetting(key: "subscriptionsPerSession", range: 1...100_000) {
            $0.gateway.session.subscriptionsMax = $1
        },
        LimitSetting(key: "topicsPerSession", range: 1...16_384) {
            $0.gateway.session.topicsMax = $1
            // A token has a name, a position and more of each, and comes back in one request.
            let tokenBytes = max($0.gateway.session.resumeTokenBytesMax, 128 * $1)
            $0.gateway.session.resumeTokenBytesMax = tokenBytes
            $0.gateway.session.requestBytesMax = max(
                $0.gateway.session.requestBytesMax, 2 * tokenBytes)
        },
        LimitSetting(key: "requestsPerSecond", range: 1...1_000_000) {
            $0.gateway.session.requestsPerSecond = $1
            $0.gateway.session.requestsAtOnce = 10 * $1
        },
        LimitSetting(key: "filterBytes", range: 16...65_536) {
            $0.gateway.session.filter.bytesMax = $1
        },
        LimitSetting(key: "filterTerms", range: 1...4096) {
            $0.gateway.session.filter.termsMax = $1
        },
        LimitSetting(key: "filterDepth", range: 1...64) {
            $0.gateway.session.filter.depthMax = $1
        },
        LimitSetting(key: "filterSymbols", range: 1...65_536) {
            $0.gateway.session.filter.symbolsMax = $1
        },
        LimitSetting(key: "sharedCatchUpBytes", range: 0...(1 << 30)) {
            $0.hub.sharedCatchUpBytesMax = $1
        },
        LimitSetting(key: "gzipPercent", range: 1...100) { $0.hub.gzipPercentMax = $1 },
        LimitSetting(key: "historyEvents", range: 1...1_000_000) {
            $0.gateway.history.eventsMax = $1
        },
        LimitSetting(key: "historyBytes", range: 1024...(4 << 20)) {
            $0.gateway.history.bytesMax = $1
        },
    ]
}
