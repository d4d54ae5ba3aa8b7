import Base
import Core
import Schema

/// A new process takes the place of the one that serves (`Handover.md`): it is told every topic,
/// continues what is published, and gets all connections from then on, while the old one sends its
/// clients away.
extension World {
    func takeOver() throws(Violation) {
        trace.note("another process takes over")
        tally.takeovers += 1
        let (predecessor, predecessors) = (venue!, loops)
        makeLoops()
        let told = tell(from: predecessors[0], beside: predecessor)
        let successor = openVenue(inheriting: predecessor.leave())
        let hub = loops[0].hub
        _ = hub.prepare(for: told.inheritance)
        let count = hub.adopt(told.inheritance)
        judge.require(
            count == told.count, .takeover, "\(count) of \(told.count) topics were taken over")
        successor.observe()
        try judge.check()
        let limit = Duration.milliseconds(dice.spread(1...3000))
        for loop in predecessors { for end in loop.ends { end.drain(within: limit) } }
    }

    /// All of it passes through the bytes of a call. Topics still change, and end, after the first
    /// pass; `count`: those that there are in the second one.
    private func tell(
        from loop: ServerLoop, beside venue: VirtualVenue
    ) -> (inheritance: Inheritance, count: Int) {
        var recorder = HubRecorder(loop.hub)
        var inheritance = Inheritance(limits: plan.hub)
        var names: Set<String> = []
        for isComplete in [false, true] {
            recorder.begin(complete: isComplete)
            venue.observe()
            while let record = recorder.next() {
                let bytes = HandoverPart(topic: record).encoded(.protobuf)
                let part = try? HandoverPart(decoding: bytes.span.bytes, .protobuf)
                judge.require(part?.topic == record, .takeover, "a record came as another one")
                if let told = part?.topic { inheritance.add(told, isComplete: isComplete) }
                if isComplete { names.insert(record.name ?? "") }
            }
            if !isComplete { for _ in 0..<dice.below(3) { loop.runTurn() } }
        }
        return (inheritance, names.count)
    }
}
