import Base
import Schema
import Streams

/// A `GetSnapshot` call, compared with what the topics showed.
final class SnapshotCall: ClientCall {
    private let topics: [String]
    /// What the client had of them when it asked.
    var known: [String: Position] = [:]

    init(_ name: String, codec: Codec, topics: [String], _ world: World) {
        self.topics = topics
        super.init(name, codec: codec, world)
    }

    func begin() {
        send(GetSnapshotRequest(topics: topics).encoded(codec))
        if let stream { connection?.end(stream) }
    }

    override func received(message: [UInt8]) {
        let response = try? message.withRawSpan { try GetSnapshotResponse(decoding: $0, codec) }
        guard let response, let accepted = response.subscribed?.accepted,
            accepted.count == response.snapshots.count
        else {
            require(false, .order, "no answer to GetSnapshot")
            return
        }
        for (topic, snapshot) in zip(accepted, response.snapshots) {
            guard let name = topic.name, let number = topic.number else { continue }
            let present = Position(epoch: snapshot.epoch ?? 0, sequence: snapshot.sequence ?? 0)
            if let known = known[name] {
                require(
                    !world.truth.isOlder(present, than: known, of: world.plan.topicName(name)),
                    .sequence, "\(name) is at \(present), the client had \(known)")
            }
            TopicView(
                name, number, wish: Wish(), at: nil, expects: .snapshot, link: nil,
                since: sentAt, world
            ).received(snapshot, sentAt: sentAt)
        }
    }
}
