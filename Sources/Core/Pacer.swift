internal import Base
internal import Streams

/// Audiences of one rate that were told as much as they may be and have something new: they tick
/// together. One timer for all of them, at the next place of the rate's grid.
final class Pacer {
    private let rate: Rate
    private unowned let turn: any LoopTurn
    private var waiting: [(audience: Audience, topic: Topic)] = []
    /// The place for which the timer is set.
    private var armedAt: Instant?

    init(rate: Rate, turn: any LoopTurn) {
        self.rate = rate
        self.turn = turn
    }

    private var isFiring = false

    /// Nobody waits: it may be forgotten. While it fires, those who wait are being looked through.
    var isIdle: Bool { waiting.isEmpty && !isFiring }

    func add(_ audience: Audience, of topic: Topic) {
        audience.isWaiting = true
        waiting.append((audience, topic))
        arm(at: rate.place(atOrAfter: audience.pace.due(at: rate)))
    }

    private func arm(at place: Instant) {
        if let armedAt, armedAt <= place { return }
        armedAt = place
        turn.schedule(after: max(place - turn.instant(), .zero)) { [weak self] in
            self?.fired(at: place)
        }
    }

    private func fired(at place: Instant) {
        // A timer for a later place than the one that is armed has nothing to do.
        guard place == armedAt else { return }
        armedAt = nil
        let now = turn.instant()
        // Ticks count from their place, or every tick would be late by the last one's delay; after
        // a longer stall they count from now, so that nobody is told twice in a hurry.
        let instant = (now - place).wholeNanoseconds < rate.grid ? place : now
        var due: [(audience: Audience, topic: Topic)] = []
        swap(&due, &waiting)
        isFiring = true
        defer { isFiring = false }
        for (audience, topic) in due {
            if audience.isEmpty {
                audience.isWaiting = false
            } else if audience.pace.due(at: rate) > instant {
                add(audience, of: topic)
            } else {
                // What changed in this turn belongs to it.
                topic.publishPending()
                audience.isWaiting = false
                if topic.tell(audience) { audience.pace.take(at: instant, rate) }
            }
        }
    }
}
