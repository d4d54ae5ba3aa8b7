internal import PenstockClient
internal import Streams

/// Compares rebuilt states: whoever is at a position of a topic must have what everybody else has
/// who was there, `GetSnapshot` before all.
final class StateWitness {
    private struct Testimony {
        var epoch: UInt64
        var digest: Int
        var isSnapshot: Bool
    }

    /// By topic and sequence; the newest of each topic are kept.
    private var testimonies: [String: [UInt64: Testimony]] = [:]
    private static let keptMax = 1024
    private(set) var compared = 0
    private(set) var comparedWithSnapshots = 0
    private(set) var differences = 0

    func saw(_ state: MergedState, isSnapshot: Bool = false) {
        guard let position = state.position, state.isLive else { return }
        var hasher = Hasher()
        for level in state.bids.levels { hasher.combine(level) }
        hasher.combine(state.bids.levels.count)
        for level in state.asks.levels { hasher.combine(level) }
        let tick = state.tick
        for number in [tick.bidPrice, tick.bidQuantity, tick.askPrice, tick.askQuantity] {
            hasher.combine(number)
        }
        let own = Testimony(
            epoch: position.epoch, digest: hasher.finalize(), isSnapshot: isSnapshot)
        if let other = testimonies[state.topic]?[position.sequence], other.epoch == own.epoch {
            compared += 1
            if own.isSnapshot || other.isSnapshot { comparedWithSnapshots += 1 }
            if own.digest != other.digest { differences += 1 }
            if !own.isSnapshot { return }
        }
        keep(own, at: position.sequence, of: state.topic)
    }

    private func keep(_ testimony: Testimony, at sequence: UInt64, of topic: String) {
        testimonies[topic, default: [:]][sequence] = testimony
        guard let all = testimonies[topic], all.count > Self.keptMax else { return }
        let newest = all.keys.sorted().suffix(Self.keptMax / 2)
        testimonies[topic] = all.filter { $0.key >= newest[newest.startIndex] }
    }
}
