internal import Base
internal import Runtime
internal import Streams

/// The events of one event topic: the owner's loop appends, every loop reads.
///
/// A reader on another loop is a little behind the owner, so what it asks for may be gone although
/// it was there a moment ago: each read says what is lost, in one step with what it gives.
final class SharedHistory: Sendable {
    typealias Event = EventTopic.Event

    /// Nil: no event topic, or nothing has been asked of it yet.
    private let ring = Locked<EventRing<Event>?>(nil)

    /// Makes room for events, the first time; later limits change nothing.
    func prepare(_ fresh: EventRing<Event>) {
        ring.withLock { if $0 == nil { $0 = fresh } }
    }

    /// Other events in place of all that there are, which are given back.
    func exchange(for fresh: EventRing<Event>) -> EventRing<Event> {
        with { ring in
            // Not copied: whoever has a second reference makes the next append copy a chunk.
            var other = fresh
            swap(&ring, &other)
            return other
        }
    }

    var countMax: Int { with { $0.countMax } }

    /// Sequences held: from the oldest event to the one that comes next.
    var range: Range<UInt64> { with { $0.first..<$0.next } }

    /// Bytes that the history takes.
    var memory: Int { with { $0.memory } }

    /// Events that the history will hold, as far as one knows.
    var reach: Int { with { $0.reach } }

    /// Says by how much the history has grown, or shrunk because older ones went, and whether it
    /// kept the event: one that is larger than all of it is gone at once.
    func append(_ event: Event) -> (sequence: UInt64, grownBy: Int, isKept: Bool) {
        with { ring in
            let before = ring.memory
            let sequence = ring.append(event, bytes: event.size)
            return (sequence, ring.memory - before, !ring.isEmpty)
        }
    }

    /// Drops the oldest events, `countMax` at most, until the history takes so many bytes, but none
    /// that was published in the time of `young`. Says how many went, and how many bytes with them.
    func cut(
        to bytesMax: Int, sparing young: ClosedRange<Timestamp>, countMax: Int
    ) -> (events: Int, bytes: Int) {
        with { ring in
            let before = ring.memory
            let events = ring.cut(to: bytesMax, dropsMax: countMax) {
                !young.contains($0.publishTime)
            }
            return (events, before - ring.memory)
        }
    }

    /// What a reader who has everything up to `sequence` can no longer get.
    func gap(after sequence: UInt64) -> ClosedRange<UInt64>? { with { $0.gap(after: sequence) } }

    subscript(_ sequence: UInt64) -> Event? { with { $0[sequence] } }

    /// Appends the events of `(after, last]`, at most `countMax`, to `events`, or says which of
    /// them are lost: the first ones, and then nothing is appended.
    func read(
        after: UInt64, through last: UInt64, countMax: Int, into events: inout [Event]
    ) -> ClosedRange<UInt64>? {
        with { ring in
            if let lost = ring.gap(after: after) {
                return lost.lowerBound...min(lost.upperBound, last)
            }
            var sequence = after
            while sequence < last, events.count < countMax {
                sequence &+= 1
                guard let event = ring[sequence] else {
                    preconditionFailure(
                        "event \(sequence) is neither in \(ring.first)..<\(ring.next) nor lost")
                }
                events.append(event)
            }
            return nil
        }
    }

    /// What there is, but for the events themselves.
    var extent: Extent {
        with { ring in
            Extent(
                sequences: ring.first..<ring.next, bytes: ring.bytes, countMax: ring.countMax,
                firstTime: ring[ring.first]?.publishTime, lastTime: ring[ring.last]?.publishTime)
        }
    }

    struct Extent {
        /// From the oldest event to the one that comes next.
        var sequences: Range<UInt64>
        var bytes: Int
        var countMax: Int
        /// Of the oldest and the newest event.
        var firstTime: Timestamp?
        var lastTime: Timestamp?
    }

    /// The sequence before the oldest event of `(_, last]` that was published at `time` or later.
    /// When that may have been one that is gone, 0: nobody knows their times any more. O(log n).
    func sequence(before time: Timestamp, through last: UInt64) -> UInt64 {
        with { ring in
            if ring.first > 1, ring[ring.first].map({ time <= $0.publishTime }) ?? true { return 0 }
            // Publish times do not fall, unless somebody sets the clock back.
            var (low, high) = (ring.first, last &+ 1)
            while low < high {
                let middle = low + (high - low) / 2
                if ring[middle].map({ $0.publishTime < time }) ?? false {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low &- 1
        }
    }

    /// Goes back from `sequence`, which is included, over at most `stepsMax` events, until `left`
    /// of them were no statuses. False: it is there, or there are no older ones.
    func stepBack(from sequence: inout UInt64, left: inout UInt64, stepsMax: Int) -> Bool {
        with { ring in
            for _ in 0..<stepsMax {
                guard left > 0, let event = ring[sequence] else { return false }
                if event.status == nil { left -= 1 }
                sequence &-= 1
            }
            return true
        }
    }

    private func with<Result>(_ body: (inout EventRing<Event>) -> Result) -> Result {
        ring.withLock { ring in
            guard ring != nil else { preconditionFailure("no event topic has prepared the ring") }
            return body(&ring!)
        }
    }
}
