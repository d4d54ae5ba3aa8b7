internal import Base
internal import PenstockClient
internal import Schema

/// `MarketData.GetSnapshot`: what the server says the states are, for the witness.
final class SnapshotCall: LoadCall {
    private let topics: [String]
    private let tally: LoadTally
    private let witness: StateWitness

    init(topics: [String], tally: LoadTally, witness: StateWitness) {
        (self.topics, self.tally, self.witness) = (topics, tally, witness)
        super.init(path: "/penstock.v1.MarketData/GetSnapshot")
    }

    func start(on connection: LoadConnection) {
        let request = GetSnapshotRequest(topics: topics)
        connection.open(self, request.encoded(.protobuf), endsRequest: true)
    }

    override func received(_ message: RawSpan, at now: UInt64) {
        do {
            let response = try GetSnapshotResponse(decoding: message, .protobuf)
            let accepted = response.subscribed?.accepted ?? []
            for (topic, update) in zip(accepted, response.snapshots) {
                var state = MergedState(topic: topic.name ?? "")
                state.accepted(topic)
                _ = try state.apply(update)
                witness.saw(state, isSnapshot: true)
            }
        } catch {
            failed()
        }
    }

    override func failed() { tally.fault("unreadable") }
}
