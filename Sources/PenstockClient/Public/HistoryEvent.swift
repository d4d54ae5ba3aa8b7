internal import Schema

/// One event of a topic's past.
public struct HistoryEvent: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case trade(TopicTrade)
        /// Events that were lost between the venue and the gateway.
        case gap(TopicGap)
        /// From here on the topic had this status.
        case status(TopicStatus)
        /// Uninterpreted bytes of a `bench:` topic.
        case data([UInt8])
    }

    public let sequence: UInt64
    public let content: Content
    /// Nanoseconds since 1970: by the venue's clock, when the gateway's socket had it, when the
    /// gateway published it; nil: unknown.
    public let eventTime: UInt64?
    public let receiveTime: UInt64?
    public let publishTime: UInt64?

    /// - Throws: `undecodable`.
    init(_ update: Update, of topic: String) throws(PenstockError) {
        guard let sequence = update.sequence else {
            throw .undecodable("an event of \(topic) has no sequence")
        }
        self.sequence = sequence
        (eventTime, receiveTime) = (update.eventTime, update.receiveTime)
        publishTime = update.publishTime
        switch update.payload {
        case .trade(let trade):
            do throws(MergeError) {
                content = .trade(TopicTrade(try MergedTrade(trade), eventTime: update.eventTime))
            } catch {
                throw .undecodable("event \(sequence) of \(topic) is none: \(error)")
            }
        case .gap(let gap): content = .gap(TopicGap(gap))
        case .data(let data): content = .data(data)
        case nil: content = .status(TopicStatus(update.status))
        case .tick, .book, .subscribed, .rejected, .control:
            throw .undecodable("event \(sequence) of \(topic) is none of an event topic")
        }
    }
}
