internal import Schema
internal import Streams

extension TopicRecord {
    /// Sequences are counted; none comes near this.
    private static let sequenceLimit: UInt64 = 1 << 63

    /// Whether a topic can have been like that: nothing in it changed after its last sequence.
    var isSound: Bool {
        guard let epoch, 1..<Epoch.limit ~= epoch, status != nil,
            let sequence, sequence < Self.sequenceLimit
        else { return false }
        let stamps = [
            statusSequence, tick?.bidPriceSequence, tick?.bidQuantitySequence,
            tick?.askPriceSequence, tick?.askQuantitySequence, bids?.horizon, asks?.horizon,
            bids?.sequences.max(), asks?.sequences.max(), events.last?.sequence,
        ]
        return stamps.allSatisfy { ($0 ?? 0) <= sequence }
    }
}
