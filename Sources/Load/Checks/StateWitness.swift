internal import PenstockClient
internal import Schema
internal import Streams

/// Compares rebuilt states: whoever is at a position of a topic must have what everybody else has
/// who was there, `GetSnapshot` before all, and what the server's hash of the state says.
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
    private(set) var comparedWithHashes = 0
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

    /// Whether the state has the count and the hash that the server tells. A hash of another
    /// position is a difference too: the server tells that of the state which it has sent before.
    func agrees(_ state: MergedState, with told: CaughtUp) -> Bool {
        comparedWithHashes += 1
        let position = told.epoch.map { Position(epoch: $0, sequence: told.sequence ?? 0) }
        return state.agrees(position: position, count: told.count, hash: told.hash) == true
    }

    private func keep(_ testimony: Testimony, at sequence: UInt64, of topic: String) {
        testimonies[topic, default: [:]][sequence] = testimony
        guard let all = testimonies[topic], all.count > Self.keptMax else { return }
        let newest = all.keys.sorted().suffix(Self.keptMax / 2)
        testimonies[topic] = all.filter { $0.key >= newest[newest.startIndex] }
    }
}
