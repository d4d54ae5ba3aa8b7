internal import Base

/// One manner of being a gateway's clients, of any size.
package struct BenchScenario: Sendable, Equatable {
    package let name: String
    /// For people.
    package let summary: String
    /// Of the largest number of connections that is allowed.
    let connectionShare: Double
    var streams = 1
    var topicsPerStream = 1
    var stoppedShare = 0.0
    var isStorm = false
    /// What a connection lends: wide where the question is how fast the gateway is, and not how
    /// often the client grants.
    var hasWideWindows = false

    package static let all = [
        BenchScenario(
            name: "streams", summary: "few connections with a hundred streams each",
            connectionShare: 0.01, streams: 100, hasWideWindows: true),
        BenchScenario(
            name: "single", summary: "many connections with one stream of one topic each",
            connectionShare: 1),
        BenchScenario(
            name: "several", summary: "connections with one stream of ten topics each",
            connectionShare: 0.2, topicsPerStream: 10),
        BenchScenario(
            name: "slow", summary: "a tenth of the connections stops reading; the others' figures",
            connectionShare: 0.5, stoppedShare: 0.1),
        BenchScenario(
            name: "storm", summary: "all connections are cut at once and resume at once",
            connectionShare: 1, isStorm: true),
    ]

    private static let wideStreamWindow = 1 << 20
    private static let wideConnectionWindow = 1 << 28

    /// - Parameter connectionsMax: of the largest scenario; at least one is made in any.
    func options(for plan: BenchPlan) -> FleetOptions {
        var options = FleetOptions(target: plan.target, topics: plan.topics)
        let wanted = (Double(plan.connectionsMax) * connectionShare).rounded()
        // Of those that stop there must be others.
        options.connections = max(stoppedShare > 0 ? 2 : 1, Int(wanted))
        options.streams = streams
        options.topicsPerStream = min(topicsPerStream, plan.topics.count)
        // Of few connections it is one.
        if stoppedShare > 0 {
            options.stoppedShare = max(stoppedShare, 1 / Double(options.connections))
        }
        options.isStorm = isStorm
        if hasWideWindows {
            options.windows.stream = Self.wideStreamWindow
            options.windows.connection = Self.wideConnectionWindow
        }
        options.seconds = plan.seconds
        options.patience = plan.patience
        return options
    }
}
