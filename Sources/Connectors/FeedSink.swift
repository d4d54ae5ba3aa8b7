package import Base
package import Market

/// Where a feed puts what it learned. All calls come on the feed's loop, in the order of the
/// venue's messages, and name instruments by the handle that `added` announced: integers that
/// count up from 0 for each feed, so that a sink finds its topics in an array.
///
/// Event times are the venue's clock, `Timestamp.unknown` where it does not say; receive times are
/// ours, of the loop turn in which the bytes came.
package protocol FeedSink: AnyObject {
    /// An instrument is wanted from now on. Before anything else about this handle.
    func added(_ handle: Int, _ symbol: Symbol)

    func tick(
        _ handle: Int, _ tick: Tick, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp)

    func trade(_ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp)

    func aggregateTrade(
        _ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp)

    /// Events of kind `.trade` or `.aggregateTrade` with these venue ids, both included, happened
    /// and will never come.
    func tradeGap(_ handle: Int, _ kind: TopicKind, from: UInt64, through: UInt64)

    /// The whole book, true at `venueSequence`. After a resync this comes before the status turns
    /// live.
    func bookChanged(
        _ handle: Int, book: borrowing OrderBook, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp)

    func status(_ handle: Int, _ kind: TopicKind, _ status: FeedStatus, _ reason: FeedReason)

    /// The venue's list lacks the instrument.
    func unlisted(_ handle: Int)

    /// The venue's list, whenever it was read anew.
    func instruments(_ instruments: [Instrument])
}
