import Base
import Schema
import Streams

/// What `Subscribe` and `Session` have in common: topics by their numbers.
class StreamingCall: ClientCall {
    var views: [UInt32: TopicView] = [:]
    /// When the client asked for what it is being answered.
    var askedAt = Instant(nanoseconds: 0)

    /// If nothing that is sent there has to wait.
    private var smoothLink: Link? {
        guard let connection, connection.link.isSmooth, connection.isEager else { return nil }
        return connection.link
    }

    /// In the order of topics.
    var sortedViews: [TopicView] { views.sorted { $0.key < $1.key }.map(\.value) }

    final override func received(message: [UInt8]) {
        let update: Update
        do {
            update = try message.withRawSpan { bytes throws(SchemaError) in
                try Update(decoding: bytes, codec)
            }
        } catch {
            require(false, .order, "a message that cannot be decoded: \(error)")
            return
        }
        world.trace.note("\(sentAt.nanoseconds) \(name) got \(update.brief)")
        switch update.payload {
        case .subscribed(let answer): subscribed(answer)
        case .control(let control): controlled(control)
        default: receivedTopic(update)
        }
    }

    private func receivedTopic(_ update: Update) {
        guard let number = update.topic, let view = views[number] else {
            require(false, .order, "an update of topic \(update.topic ?? 0), which it has not")
            return
        }
        if case .rejected = update.payload {
            world.tally.ended += 1
            views[number] = nil
            topicEnded(view)
        } else {
            view.received(update, sentAt: sentAt)
        }
    }

    func subscribed(_ answer: Subscribed) { require(false, .order, "\(answer)") }
    func controlled(_ control: Control) { require(false, .order, "\(control)") }
    func topicEnded(_ view: TopicView) {}

    /// A topic was accepted: where it begins, and what comes first.
    func begin(
        _ name: String, _ number: UInt32, _ wish: Wish, present: Position, wanted: Position?,
        follows: Follows, first: UInt64?
    ) {
        var position: Position?
        var expectation = TopicView.Expectation.anything
        switch follows {
        case .snapshot: expectation = .snapshot
        case .change: expectation = .change
        case .delta: position = wanted
        case .events:
            position = Position(epoch: present.epoch, sequence: (first ?? 0) &- 1)
            if let wanted {
                require(wanted == position, .gap, "\(name) goes on at \(first ?? 0), not \(wanted)")
            } else if wish.start != 1 {
                require(position == present, .gap, "\(name) begins at \(first ?? 0), not live")
            }
        case .gap:
            // Who wants what is to come begins at the present, as that loop knows it: the ring may
            // be beyond it already.
            let place = wanted ?? present
            let isKnown = place.epoch == present.epoch && place.sequence <= present.sequence
            position = isKnown ? place : nil
            expectation = isKnown ? .gap(to: (first ?? 0) &- 1) : .lostEpoch
        case .unspecified: require(false, .order, "\(name): follows is not said")
        }
        if let wanted {
            require(
                !world.truth.isOlder(present, than: wanted, of: world.plan.topicName(name)),
                .sequence, "\(name) begins at \(present), the client had \(wanted)")
        }
        if wanted != nil, follows == .delta || follows == .events { world.tally.resumes += 1 }
        if follows == .snapshot, let wanted { judgeSnapshot(name, present, wanted) }
        views[number] = TopicView(
            name, number, wish: wish, at: position, expects: expectation, link: smoothLink,
            since: askedAt, world)
    }

    /// Whether a snapshot was necessary for somebody who had a position: never for a tick of the
    /// same epoch, nor for a book that shows something and cannot have forgotten what it removed.
    private func judgeSnapshot(_ name: String, _ present: Position, _ wanted: Position) {
        guard wanted.epoch == present.epoch, wanted.sequence <= present.sequence else { return }
        if name.hasPrefix("book:"), world.plan.pauseChance > 0 || present.sequence == 0 { return }
        require(
            world.truth.forgetful.contains(world.plan.topicName(name)), .base,
            "\(name) begins anew at \(present), although \(wanted) could go on")
    }
}

extension ClientConnection {
    /// Nothing that was sent to it ever had to wait.
    var isEager: Bool { manner.readBytesMax == .max && manner.creditChance == 1 && manner.givesAll }
}
