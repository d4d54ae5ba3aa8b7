internal import Base
internal import PenstockClient
internal import Schema

/// The topics of one call: a cursor for each, and the state of those that are rebuilt.
struct FollowedTopics {
    let tally: LoadTally
    /// States are rebuilt and compared here; nil: only positions are followed.
    let witness: StateWitness?
    /// Size of the payload of `bench` topics where no receive_time is told; nil: any. A message
    /// that tells one is as long as the others, its payload shorter.
    let payloadBytes: Int?
    private(set) var cursors: [UInt32: TopicCursor] = [:]
    private var states: [UInt32: MergedState] = [:]

    init(tally: LoadTally, witness: StateWitness?, payloadBytes: Int?) {
        (self.tally, self.witness, self.payloadBytes) = (tally, witness, payloadBytes)
    }

    /// A topic begins; one that is resumed goes on from where it is.
    mutating func began(_ accepted: AcceptedTopic, sequence: UInt64?) {
        guard let number = accepted.number, let name = accepted.name else {
            return tally.fault("unreadable")
        }
        if accepted.resumed == true, cursors[number] != nil {
            tally.resumed += 1
        } else {
            cursors[number] = TopicCursor(
                name: name, epoch: accepted.epoch ?? 0, sequence: sequence ?? 0)
        }
        guard witness != nil, cursors[number]?.isState == true else { return }
        states[number, default: MergedState(topic: name)].accepted(accepted)
    }

    mutating func end(_ number: UInt32) {
        cursors[number] = nil
        states[number] = nil
    }

    func number(of name: String) -> UInt32? { cursors.first { $0.value.name == name }?.key }

    /// The server has sent everything for the first time, and says what we must have now. It tells
    /// no hash of a state that has changed meanwhile, nor of events, whose sequences are the check.
    func caughtUp(_ told: CaughtUp) {
        guard let witness, told.hash != nil, let state = states[told.topic ?? 0] else { return }
        if !witness.agrees(state, with: told) { tally.fault("hash_differs") }
    }

    /// Every check of one update.
    mutating func take(_ head: UpdateHead, _ message: RawSpan) {
        guard let before = cursors[head.topic] else { return tally.fault("strange_topic") }
        if let fault = cursors[head.topic]?.take(head) { tally.fault(fault.rawValue) }
        if let after = cursors[head.topic], after.isState || head.payload == UpdateHead.Field.gap {
            tally.moved(from: before, to: after)
        }
        if let payloadBytes, head.payload == UpdateHead.Field.data,
            head.payloadBytes + head.receiveTimeBytes != payloadBytes
        {
            tally.fault("wrong_size")
        }
        if let witness, states[head.topic] != nil { rebuild(head.topic, message, witness) }
    }

    private mutating func rebuild(
        _ number: UInt32, _ message: RawSpan, _ witness: StateWitness
    ) {
        do {
            let update = try Update(decoding: message, .protobuf)
            _ = try states[number]?.apply(update)
            if let state = states[number] { witness.saw(state) }
        } catch {
            tally.fault("unmergeable")
        }
    }
}
