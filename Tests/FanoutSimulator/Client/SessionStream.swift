import Base
import Core
import Schema
import Streams

/// A `Session` call: what it asked for, and the one answer that each request gets.
final class SessionStream: StreamingCall {
    enum Pending {
        case hello(restored: [SubscribeTopics])
        case subscribe(SubscribeTopics)
        case update(UpdateSubscription, Wish)
        case unsubscribe(id: UInt32)
        case acknowledge([TopicPosition])
        case ping(UInt64)
        case nonsense
    }

    /// A subscription that lives as far as the client knows.
    struct Living {
        var wish: Wish
        /// Names by numbers.
        var topics: [UInt32: String] = [:]
    }

    private var pending: [(request: Pending, at: Instant)] = []
    private var answersSeen: UInt64 = 0
    private(set) var living: [UInt32: Living] = [:]
    private var lastID: UInt32 = 0
    private(set) var isOpen = false
    /// From `drain` or `closed`.
    private(set) var token: [UInt8]?
    private(set) var isDraining = false
    private(set) var refusals = 0
    private(set) var closedCount = 0
    private var isEnding = false

    override var isSettled: Bool { pending.isEmpty }
    var pendingCount: Int { pending.count }

    // MARK: Requests

    private func ask(_ request: SessionRequest.Request, _ expected: Pending) {
        world.tally.requests += 1
        world.trace.note("\(name) asks \(request)")
        pending.append((expected, world.clock.instant))
        send(SessionRequest(request: request).encoded(codec))
    }

    func hello(token: [UInt8]?, heartbeat: UInt32?) {
        let told = token.flatMap { bytes in
            try? ResumeToken(bytes: bytes)
        }
        if told != nil { world.tally.tokens += 1 }
        ask(
            .hello(
                Hello(
                    protocolVersion: 1, client: name, heartbeatMilliseconds: heartbeat,
                    resumeToken: token)), .hello(restored: told?.subscriptions ?? []))
        for request in told?.subscriptions ?? [] { lastID = max(lastID, request.id ?? 0) }
    }

    func subscribe(topics: [String], _ wish: Wish, positions: [TopicPosition]) {
        lastID += 1
        let request = SubscribeTopics(
            id: lastID, topics: topics, fields: wish.fieldNames, rate: wish.rate,
            start: wish.start, positions: positions, overflow: wish.overflow,
            filter: world.text(of: wish.filter))
        ask(.subscribe(request), .subscribe(request))
    }

    func update(_ dice: Dice) {
        guard let id = someID(dice), let entry = living[id] else { return }
        var wish = Wish.any(dice, topics: entry.topics.values.sorted())
        if wish.rate == nil, entry.wish.rate != nil { wish.rate = RequestedRate(preset: 1) }
        let fields = wish.fields == nil ? ["*"] : wish.fieldNames
        let request = UpdateSubscription(
            id: id, fields: fields, rate: wish.rate, overflow: wish.overflow,
            filter: world.text(of: wish.filter) ?? (dice.chance(0.5) ? "" : nil))
        ask(.update(request), .update(request, wish))
    }

    func unsubscribe(_ dice: Dice) {
        guard let id = someID(dice), let entry = living[id] else { return }
        let names = entry.topics.values.sorted()
        let topics = dice.chance(0.5) || names.isEmpty ? [] : dice.some(names)
        ask(.unsubscribe(Unsubscribe(id: id, topics: topics)), .unsubscribe(id: id))
    }

    func acknowledge(_ dice: Dice) {
        let known = sortedViews.filter { $0.position != nil }
        guard !known.isEmpty else { return }
        let positions = dice.some(known, most: 4).map { view in
            TopicPosition(
                topic: view.name, epoch: view.position?.epoch, sequence: view.position?.sequence)
        }
        ask(.ack(Ack(positions: positions)), .acknowledge(positions))
    }

    func ping(_ dice: Dice) {
        let nonce = dice.word()
        ask(.ping(Ping(nonce: nonce)), .ping(nonce))
    }

    /// Something that has to be refused.
    func askNonsense(_ dice: Dice) {
        let id = lastID + 1000
        let requests: [SessionRequest.Request] = [
            .unsubscribe(Unsubscribe(id: id)), .update(UpdateSubscription(id: id)),
            .subscribe(SubscribeTopics(id: 0, topics: ["bench:0"])),
            .subscribe(SubscribeTopics(id: id)), .ack(Ack()),
            .authRefresh(AuthRefresh(token: "none")),
        ]
        ask(dice.pick(requests), .nonsense)
    }

    func finish() {
        guard let stream, !isOver else { return }
        isEnding = true
        connection?.end(stream)
    }

    private func someID(_ dice: Dice) -> UInt32? {
        living.isEmpty ? nil : dice.pick(living.keys.sorted())
    }

    // MARK: Answers

    override func controlled(_ control: Control) {
        guard let content = control.content else {
            require(false, .order, "a control without content")
            return
        }
        guard let answers = control.answers else { return told(content) }
        answersSeen += 1
        require(answers == answersSeen, .order, "answer \(answers) where \(answersSeen) is due")
        guard !pending.isEmpty else {
            require(false, .order, "an answer to nothing: \(content)")
            return
        }
        let request: Pending
        (request, askedAt) = pending.removeFirst()
        if case .refused(let refusal) = content { return refused(refusal, request) }
        switch (request, content) {
        case (.hello(let restored), .welcome(let welcome)): welcomed(welcome, restored)
        case (.subscribe(let request), .subscribed(let answer)): opened(answer, request)
        case (.update(let request, let wish), .updated(let answer)):
            updated(answer, request, wish)
        case (.unsubscribe(let id), .unsubscribed(let answer)): unsubscribed(answer, id)
        case (.acknowledge(let positions), .acknowledged(let answer)):
            require(
                answer.positions == UInt32(positions.count), .order,
                "\(answer.positions ?? 0) of \(positions.count) acknowledged")
        case (.ping(let nonce), .pong(let pong)):
            require(pong.nonce == nonce, .order, "another nonce")
        default: require(false, .order, "\(content) answers \(request)")
        }
    }

    private func refused(_ refusal: Refusal, _ request: Pending) {
        refusals += 1
        world.tally.refusals += 1
        let code = refusal.code ?? 0
        require([3, 5, 6, 8, 9, 12].contains(code), .order, "refused with \(refusal)")
        switch request {
        case .hello: require(false, .order, "hello was refused: \(refusal)")
        case .ping: require(code == 8, .order, "ping was refused: \(refusal)")
        default: break
        }
    }

    private func welcomed(_ welcome: Welcome, _ requests: [SubscribeTopics]) {
        isOpen = true
        require(
            welcome.restored.count == requests.count && welcome.tokenRefused == nil, .order,
            "\(welcome.restored.count) of \(requests.count) subscriptions restored")
        for (answer, request) in zip(welcome.restored, requests) { opened(answer, request) }
    }

    private func opened(_ answer: SubscriptionAnswer, _ request: SubscribeTopics) {
        let id = request.id ?? 0
        require(answer.id == id, .order, "answer of \(answer.id ?? 0) to \(id)")
        require(
            answer.accepted.count + answer.rejected.count == request.topics.count, .order,
            "\(answer.accepted.count) and \(answer.rejected.count) of \(request.topics.count)")
        var entry = Living(wish: Wish(request, filters: world.filters))
        for topic in answer.accepted {
            guard let name = topic.name, let number = topic.number, let epoch = topic.epoch,
                let follows = topic.follows
            else {
                require(false, .order, "\(topic)")
                continue
            }
            require(views[number] == nil, .order, "\(name) is subscribed twice")
            entry.topics[number] = name
            let place = request.positions.first { $0.topic == name }
            let wanted = place.flatMap { place in
                place.epoch.map { Position(epoch: $0, sequence: place.sequence ?? 0) }
            }
            begin(
                name, number, entry.wish,
                present: Position(epoch: epoch, sequence: topic.sequence ?? 0), wanted: wanted,
                follows: follows, first: topic.firstSequence)
        }
        if !entry.topics.isEmpty { living[id] = entry }
    }

    private func updated(
        _ answer: SubscriptionAnswer, _ request: UpdateSubscription, _ wish: Wish
    ) {
        let id = request.id ?? 0
        guard let entry = living[id] else {
            require(false, .order, "an answer about \(id), which lives no more")
            return
        }
        var changed = entry.wish
        changed.fields = wish.fields
        if let rate = request.rate { changed.rate = rate }
        if let overflow = request.overflow { changed.overflow = overflow }
        if let text = request.filter { changed.filter = world.filters[text] }
        living[id]?.wish = changed
        require(
            Set(answer.accepted.compactMap(\.number)) == Set(entry.topics.keys), .order,
            "\(answer.accepted.count) topics updated of \(entry.topics.count)")
        for topic in answer.accepted {
            guard let view = views[topic.number ?? 0] else { continue }
            view.changed(
                to: changed, follows: topic.follows ?? .unspecified, at: askedAt)
        }
    }

    private func unsubscribed(_ answer: Unsubscribed, _ id: UInt32) {
        for place in answer.positions {
            guard let name = place.topic,
                let number = living[id]?.topics.first(where: { $0.value == name })?.key
            else {
                require(false, .order, "unsubscribed \(place.topic ?? ""), which it had not")
                continue
            }
            views[number]?.isAt(Self.position(place), "unsubscribed")
            drop(number)
        }
    }

    private static func position(_ place: TopicPosition?) -> Position? {
        guard let epoch = place?.epoch else { return nil }
        return Position(epoch: epoch, sequence: place?.sequence ?? 0)
    }

    // MARK: What the server says by itself

    private func told(_ content: Control.Content) {
        switch content {
        case .caughtUp(let place):
            let position = place.epoch.map { Position(epoch: $0, sequence: place.sequence ?? 0) }
            guard let view = views[place.topic ?? 0] else {
                require(false, .order, "caught up with \(place.topic ?? 0), which it has not")
                return
            }
            if view.position != nil { view.isAt(position, "caught up") }
        case .heartbeat(let beat): heard(beat)
        case .closed(let closed): wasClosed(closed)
        case .drain(let drain):
            require(!isDraining, .drain, "told to drain twice")
            isDraining = true
            token = drain.resumeToken ?? token
        default: require(false, .order, "\(content) without a request")
        }
    }

    private func heard(_ beat: Heartbeat) {
        world.tally.heartbeats += 1
        require(
            Set(beat.topics.compactMap(\.topic)) == Set(views.keys), .order,
            "a heartbeat of \(beat.topics.count) topics, there are \(views.count)")
        for progress in beat.topics {
            let sent = progress.epoch.map { Position(epoch: $0, sequence: progress.sequence ?? 0) }
            views[progress.topic ?? 0]?.isAt(sent, "a heartbeat")
        }
    }

    private func wasClosed(_ closed: SubscriptionClosed) {
        world.tally.closed += 1
        closedCount += 1
        let id = closed.id ?? 0
        guard let entry = living[id] else {
            require(false, .order, "closed \(id), which lives no more")
            return
        }
        require(entry.wish.overflow == 3, .order, "closed \(id), which did not ask for that")
        views[closed.topic ?? 0]?.isAt(Self.position(closed.sent), "closed")
        token = closed.resumeToken ?? token
        for number in entry.topics.keys.sorted() { drop(number) }
    }

    override func topicEnded(_ view: TopicView) { drop(view.number) }

    private func drop(_ number: UInt32) {
        views[number] = nil
        for id in living.keys.sorted() {
            living[id]?.topics[number] = nil
            if living[id]?.topics.isEmpty == true { living[id] = nil }
        }
    }

    override func ended(_ reason: String) {
        super.ended(reason)
        guard let status else { return }
        // Whoever does not say hello in time never had a session.
        let isSilent = !isOpen && [3, 4].contains(status)
        require([0, 8, 14].contains(status) || isSilent, .order, "ended with status \(status)")
        if status == 14 { require(isDraining || !isOpen, .drain, "ended without a word of drain") }
    }
}
