import Schema
import Streams

/// A `Subscribe` call: topics named once.
final class SubscribeStream: StreamingCall {
    private let request: SubscribeRequest
    private var isAnswered = false

    init(_ name: String, codec: Codec, _ request: SubscribeRequest, _ world: World) {
        self.request = request
        super.init(name, codec: codec, world)
    }

    override var isSettled: Bool { isAnswered }

    func begin() {
        askedAt = world.clock.instant
        send(request.encoded(codec))
        if let stream { connection?.end(stream) }
    }

    override func subscribed(_ answer: Subscribed) {
        require(!isAnswered, .order, "subscribed twice")
        isAnswered = true
        require(
            answer.accepted.count + answer.rejected.count == request.topics.count, .order,
            "\(answer.accepted.count) and \(answer.rejected.count) of \(request.topics.count)")
        var wish = Wish()
        wish.filter = request.filter.flatMap { world.filters[$0] }
        for topic in answer.accepted {
            guard let name = topic.name, let number = topic.number, let epoch = topic.epoch else {
                require(false, .order, "\(topic)")
                continue
            }
            let present = Position(epoch: epoch, sequence: topic.sequence ?? 0)
            let wanted = wanted(name) ?? wanted(world.plan.topicName(name))
            let isState = name.hasPrefix("tick:") || name.hasPrefix("book:")
            let resumed = topic.resumed == true
            let follows: Follows =
                isState
                ? resumed ? .delta : .snapshot : wanted == nil || resumed ? .events : .gap
            let first = wanted.map { resumed ? $0.sequence &+ 1 : 0 } ?? present.sequence + 1
            begin(
                name, number, wish, present: present, wanted: wanted, follows: follows,
                first: follows == .gap ? 1 : first)
        }
    }

    /// The position that the client named, as one of a name.
    private func wanted(_ name: String) -> Position? {
        request.resume.last { $0.topic == name }.flatMap { place in
            place.epoch.map { Position(epoch: $0, sequence: place.sequence ?? 0) }
        }
    }

    override func ended(_ reason: String) {
        super.ended(reason)
        guard let status else { return }
        // A request that took too long to arrive.
        let isSlow = status == 8 && !(world.end(of: connection)?.reached.isEmpty ?? true)
        require(
            [5, 14].contains(status) || isSlow, .order, "ended with status \(status)")
    }
}
