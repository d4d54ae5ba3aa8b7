import Core
import GRPC
import Gateway
import HTTP2

/// What kind of world a seed makes: who and what there is, and how small the limits are.
struct WorldPlan {
    var loops: Int
    var symbols: [String]
    /// Every name that a subscriber may ask for.
    var topics: [String]
    var benchCount: Int
    var dataBytesMax: Int
    var subscribers: Int
    var callsMax: Int
    var steps: Int
    var publishChance: Double
    var relistChance: Double
    /// Of so long a time that books are forgotten which nobody wants.
    var pauseChance: Double
    var takeoverChance: Double
    var hub = HubLimits()
    var gateway = GatewayLimits()
    var http2 = HTTP2Limits()
    var rpc = RPCLimits()
    var connectionBytesMax: Int

    init(_ dice: Dice) {
        loops = dice.pick([1, 2, 2, 3])
        symbols = Array(["BTC/USDT", "ETH/USDT", "SOL/USDC"].prefix(dice.within(1...3)))
        benchCount = dice.within(0...3)
        dataBytesMax = dice.pick([64, 1000, 5000, 40_000])
        subscribers = dice.within(1...6)
        callsMax = dice.spread(1...24)
        steps = dice.within(40...260)
        publishChance = dice.pick([0.05, 0.2, 0.5])
        relistChance = dice.pick([0, 0, 0.005, 0.02])
        pauseChance = dice.pick([0, 0, 0, 0.03])
        takeoverChance = dice.pick([0, 0, 0.01, 0.03])
        hub.eventsPerTopicMax = dice.pick([4, 16, 64, 1024])
        if dice.chance(0.15) {
            hub.eventBytesMax = dice.pick([20_000, 100_000, 400_000])
            hub.eventAgeMin = .milliseconds(dice.pick([0, 100, 1000]))
        }
        hub.closeLagMax = UInt64(dice.pick([2, 20, 1000]))
        topics = (0..<benchCount).map { "bench:\($0)" }
        for symbol in symbols {
            topics += ["tick", "book", "trade", "aggtrade"].map { "\($0):binance:\(symbol)" }
            topics += dice.some([1, 2, 3, 5, 20, 50]).map { "book:binance:\(symbol):\($0)" }
        }
        if dice.chance(0.2) {
            hub.topicsMax = benchCount + 4 * symbols.count + dice.within(-4...3)
        }
        connectionBytesMax = dice.pick([1 << 20, 32 << 20])
        limit(dice)
    }

    /// Events that every topic has, if it had so many.
    var eventsKept: Int {
        hub.eventBytesMax < HubLimits().eventBytesMax ? 1 : hub.eventsPerTopicMax
    }

    /// A book that is named with the depth that all books have is the one without.
    func topicName(_ name: String) -> String {
        let parts = name.split(separator: ":")
        guard parts.count == 4, parts[3] == "50" else { return name }
        return parts.prefix(3).joined(separator: ":")
    }

    private mutating func limit(_ dice: Dice) {
        http2.outputBytesMax = dice.spread(2048...262_144)
        http2.queuedBytesPerStreamMax = dice.pick([256 << 10, 8 << 20])
        http2.queuedBytesMax = dice.pick([8 << 20, 32 << 20])
        http2.concurrentStreamsMax = UInt32(dice.pick([3, 1000, 1000, 1000]))
        gateway.session.requestsAtOnce = dice.pick([60, 500])
        gateway.session.subscriptionsMax = dice.pick([3, 256])
        gateway.session.topicsMax = dice.pick([6, 8192, 8192])
        gateway.session.heartbeatDefault = dice.pick([.seconds(1), .seconds(30)])
        rpc.keepaliveInterval = dice.pick([.seconds(3), .seconds(30)])
        rpc.keepaliveTimeout = .seconds(2)
        rpc.connectionAgeMax = dice.pick([nil, nil, .milliseconds(dice.within(300...4000))])
        rpc.connectionAgeGrace = .milliseconds(dice.within(200...4000))
        rpc.outputStallMax = dice.pick([.seconds(2), .seconds(60)])
    }
}
