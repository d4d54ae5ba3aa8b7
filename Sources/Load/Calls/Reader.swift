internal import Base
internal import Runtime
internal import Schema

/// Who waits for readers to begin, to be up to date, and learns when one ends.
protocol ReaderOwner: AnyObject {
    func accepted(_ reader: Reader)
    /// It has everything up to where its topics were when it began.
    func becameCurrent(_ reader: Reader)
    func lost(_ reader: Reader)
}

/// `MarketData.Subscribe` of some topics, from where the one before ended.
class Reader: LoadCall {
    let topics: [String]
    var followed: FollowedTopics
    weak var owner: (any ReaderOwner)?
    var isMeasured = true
    /// Where each topic was when the call began, until that is reached.
    private var targets: [UInt32: UInt64] = [:]
    private var isAccepted = false
    /// When the call was opened; nil: it has what it wanted, or that was a resumption.
    private var begun: Instant?

    init(
        topics: [String], followed: FollowedTopics,
        path: StaticString = "/penstock.v1.MarketData/Subscribe"
    ) {
        (self.topics, self.followed) = (topics, followed)
        super.init(path: path)
    }

    /// Opens the call; what an earlier one has brought is told as positions.
    func start(on connection: LoadConnection) {
        beginAnew()
        let request = SubscribeRequest(topics: topics, resume: positions)
        connection.open(self, request.encoded(.protobuf), endsRequest: true)
        followed.tally.subscribes += 1
    }

    func beginAnew() {
        (isAccepted, targets) = (false, [:])
        begun = positions.isEmpty ? Clock.now() : nil
    }

    var positions: [TopicPosition] {
        followed.cursors.values.filter { !$0.isState || $0.hasState }.map {
            TopicPosition(topic: $0.name, epoch: $0.epoch, sequence: $0.sequence)
        }
    }

    override func received(_ message: RawSpan, at now: UInt64) {
        guard let head = UpdateHead(message) else { return failed() }
        switch head.payload {
        case UpdateHead.Field.subscribed, UpdateHead.Field.control:
            do {
                let update = try Update(decoding: message, .protobuf)
                receivedWord(update.payload)
            } catch {
                failed()
            }
        case UpdateHead.Field.rejected:
            followed.tally.fault("rejected")
            followed.end(head.topic)
        default:
            followed.take(head, message)
            followed.tally.update(
                head, bytes: message.byteCount, at: now, isMeasured: isMeasured)
            if !targets.isEmpty { approach(head) }
        }
    }

    /// An answer, or what the server says by itself.
    func receivedWord(_ payload: Payload?) {
        guard case .subscribed(let subscribed) = payload else { return failed() }
        for accepted in subscribed.accepted {
            began(accepted, sequence: accepted.sequence)
        }
        finishBeginning(rejected: subscribed.rejected.count)
    }

    func began(_ accepted: AcceptedTopic, sequence: UInt64?) {
        followed.began(accepted, sequence: sequence)
        guard let number = accepted.number, let cursor = followed.cursors[number] else { return }
        let target = accepted.sequence ?? 0
        if cursor.sequence < target || cursor.isState && !cursor.hasState {
            targets[number] = target
        }
    }

    func finishBeginning(rejected: Int) {
        if rejected > 0 { followed.tally.fault("rejected", rejected) }
        isAccepted = true
        owner?.accepted(self)
        if targets.isEmpty { becameCurrent() }
    }

    private func becameCurrent() {
        if let begun { followed.tally.becameCurrent(after: Clock.now() - begun) }
        begun = nil
        owner?.becameCurrent(self)
    }

    private func approach(_ head: UpdateHead) {
        guard let target = targets[head.topic], head.sequence ?? 0 >= target else { return }
        targets[head.topic] = nil
        if targets.isEmpty, isAccepted { becameCurrent() }
    }

    override func ended() { owner?.lost(self) }

    override func failed() { followed.tally.fault("unreadable") }
}
