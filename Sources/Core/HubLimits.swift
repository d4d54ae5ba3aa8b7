/// What may grow in the hub, and how far.
package struct HubLimits: Sendable {
    /// Topics of all kinds in the process. Default 100,000: about 20,000 instruments with their
    /// four topics, some 200 MB beside the histories.
    package var topicsMax = 100_000

    /// Events a ring keeps. Default 65,536: minutes of the busiest market, so that a client that
    /// reconnects finds what it missed. Memory is taken as events come, in pieces for at most
    /// 63 of them.
    package var eventsPerTopicMax = 65536

    /// Bytes of history a topic may hold. Default 64 MiB: the count is the limit for trades, this
    /// is the limit for large benchmark payloads.
    package var eventBytesPerTopicMax = 64 << 20

    /// Memory of the histories of all topics together. Default 1 GiB: some seven million trades.
    /// As it is nearly reached, the largest histories give up their oldest events. Each topic that
    /// has had events keeps 8 KiB.
    package var eventBytesMax = 1 << 30

    /// Events younger than that are not given up for others. Default 70 s: longer than the longest
    /// interval at which somebody may ask to be told, and an eighth for its place on the grid.
    package var eventAgeMin = Duration.seconds(70)

    /// Removed levels a book remembers, both sides together, so that a delta can tell of them: who
    /// is further behind gets a snapshot. Default 1,024: some 16 s of a busy BTC/USDT book of depth
    /// 50, and more as levels that return free their places.
    package var removalsPerBookMax = 1024

    /// Updates of a state topic that a subscription with the policy "close" may be behind before it
    /// is closed. Default 1,000: some ten seconds of a busy book, more than a hiccup of a network.
    package var closeLagMax: UInt64 = 1000

    /// Audiences of a topic on one loop that clients have made up, by fields, a rate or a filter of
    /// their own. Default 1,024: each costs an evaluation, and a frame if that passes, at every
    /// change, so that all of them together cost a millisecond. A subscription with another one is
    /// refused; one with all fields at a preset rate, without a filter, never is.
    package var audiencesPerTopicMax = 1024

    /// Bytes of what was made to catch somebody up, and is kept for others at the same place: what
    /// leads to the present until the turn ends, what leads to a past event for a second. Default
    /// 4 MiB, on each loop: the snapshots of some thousand books, or the delta from some ten
    /// thousand places. More is made for each one anew.
    package var sharedCatchUpBytesMax = 4 << 20

    /// Part of a loop's time, in percent, for compressing frames; 0: none is compressed. Default 5:
    /// some thousand book-sized frames a second, and a subscriber who takes gzip costs the others a
    /// twentieth at most. Beyond it frames are sent as they are.
    package var gzipPercentMax = 5

    package init() {}
}
