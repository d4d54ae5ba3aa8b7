/// What may grow in the hub, and how far.
package struct HubLimits: Sendable {
    /// Topics of all kinds in the process. Default 100,000: about 20,000 instruments with their
    /// four topics, some 200 MB when all of them trade.
    package var topicsMax = 100_000

    /// Events a ring keeps. Default 65,536: minutes of the busiest market, so that a client that
    /// reconnects finds what it missed. Memory is taken as events come, in pieces for at most
    /// 1,024 of them.
    package var eventsPerTopicMax = 65536

    /// Levels a side of a book named without a depth. Default 50: what trading screens show.
    package var bookDepth = 50

    /// Updates of a state topic that a subscription with the policy "close" may be behind before it
    /// is closed. Default 1,000: some ten seconds of a busy book, more than a hiccup of a network.
    package var closeLagMax: UInt64 = 1000

    package init() {}
}
