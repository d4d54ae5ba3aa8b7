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

    /// Other events in place of all that there are.
    func replace(with fresh: EventRing<Event>) { ring.withLock { $0 = fresh } }

    /// As it is now. The next event is appended to a copy of the last chunk.
    var copy: EventRing<Event> { with { $0 } }

    var countMax: Int { with { $0.countMax } }

    /// Sequences held: from the oldest event to the one that comes next.
    var range: Range<UInt64> { with { $0.first..<$0.next } }

    func append(_ event: Event) -> UInt64 { with { $0.append(event, bytes: event.size) } }

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

    private func with<Result>(_ body: (inout EventRing<Event>) -> Result) -> Result {
        ring.withLock { ring in
            guard ring != nil else { preconditionFailure("no event topic has prepared the ring") }
            return body(&ring!)
        }
    }
}
