internal import Core
internal import GRPC
internal import Gateway
internal import HTTP2

/// The limits of `penstock serve`: the defaults, and what `limits` in the file says.
struct LimitConfiguration: Sendable {
    var gateway = GatewayLimits()
    var http2 = HTTP2Limits()
    var rpc = RPCLimits()
    var hub = HubLimits()

    /// `values` by the keys of `LimitSetting`.
    mutating func apply(_ values: [String: Double], at place: String) throws(UsageError) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let setting = LimitSetting.all.first(where: { $0.key == key }) else {
                let allowed = LimitSetting.all.map(\.key).joined(separator: ", ")
                throw UsageError("\(place).\(key): unknown key; allowed: \(allowed)")
            }
            guard let whole = Int(exactly: value), setting.range.contains(whole) else {
                let (low, high) = (setting.range.lowerBound, setting.range.upperBound)
                throw UsageError(
                    "\(place).\(key) \(value): expected a whole number, \(low) to \(high)")
            }
            setting.apply(&self, whole)
        }
        guard gateway.connectionBytesMax <= gateway.memoryBytesMax else {
            throw UsageError(
                "\(place): connectionBytes \(gateway.connectionBytesMax) exceeds memoryBytes "
                    + "\(gateway.memoryBytesMax)")
        }
        if values["catchUpBytes"] == nil {
            http2.queuedByTrySendMax = min(
                http2.queuedByTrySendMax, gateway.connectionBytesMax / 4)
        }
        if values["identityBytes"] == nil {
            gateway.identityBytesMax = max(gateway.identityBytesMax, gateway.connectionBytesMax)
        }
        guard gateway.connectionBytesMax <= gateway.identityBytesMax else {
            throw UsageError(
                "\(place): connectionBytes \(gateway.connectionBytesMax) exceeds identityBytes "
                    + "\(gateway.identityBytesMax)")
        }
        guard rpc.messageBytesMax <= gateway.connectionBytesMax else {
            throw UsageError(
                "\(place): messageBytes \(rpc.messageBytesMax) exceeds connectionBytes "
                    + "\(gateway.connectionBytesMax)")
        }
        guard
            gateway.session.requestBytesMax <= rpc.messageBytesMax
                || values["topicsPerSession"] == nil
        else {
            throw UsageError(
                "\(place): topicsPerSession \(gateway.session.topicsMax) needs messageBytes "
                    + "\(gateway.session.requestBytesMax) or more, for the token of a session")
        }
    }

    /// As the server takes them.
    var options: GatewayOptions {
        var options = GatewayOptions()
        options.limits = gateway
        options.http2 = http2
        options.rpc = rpc
        return options
    }
}
