internal import Base

/// How long publications take to their subscribers' sockets: noted at the end of the turn, when all
/// of the loop's sends are done. One reading of the clock a turn.
final class SendStage {
    private let turn: any LoopTurn
    private let histogram: Histogram
    private var published: [Timestamp] = []
    private var note: () -> Void = {}

    init(_ turn: any LoopTurn, _ histogram: Histogram) {
        (self.turn, self.histogram) = (turn, histogram)
        // Made once, so that a turn allocates nothing for it.
        note = { [unowned self] in noteAll() }
    }

    /// Frames of a publication of that time are on their way.
    func began(_ time: Timestamp) {
        if published.isEmpty { turn.afterSends(note) }
        published.append(time)
    }

    private func noteAll() {
        let now = turn.timestamp()
        for time in published { histogram.observe(now.nanoseconds - time.nanoseconds) }
        published.removeAll(keepingCapacity: true)
    }
}
