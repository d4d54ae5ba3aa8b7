internal import Base
internal import Market
internal import Schema
internal import Streams

/// Subscriptions: opened, changed, ended.
extension SessionDialogue {
    func open(_ answers: UInt64, _ plan: SubscriptionPlan) {
        do throws(Refusal) {
            try checkFields(plan.fields, of: plan.topics.compactMap { try? topic(named: $0) })
        } catch {
            return refuse(answers, error.about(plan.id))
        }
        var fresh: [Subscription] = []
        let answer = start(plan, &fresh)
        say(answers, .subscribed(answer))
        begin(fresh)
    }

    /// Adds the topics of a plan; nothing is sent yet.
    func start(_ plan: SubscriptionPlan, _ fresh: inout [Subscription]) -> SubscriptionAnswer {
        var answer = SubscriptionAnswer(id: plan.id)
        var parts: [(name: String, subscription: Subscription)] = []
        for name in plan.topics {
            do throws(TopicRefusal) {
                let topic = try topic(named: name)
                let options = try plan.options(
                    for: topic, resumes: plan.positions[name] != nil)
                if session.subscription(of: topic) != nil {
                    throw TopicRefusal(
                        .twice, "\"\(name)\" is subscribed already; end that first")
                }
                try session.check(topic, options)
                let (subscription, start) = session.add(
                    topic, options, resumeAt: plan.positions[name], tag: plan.id)
                parts.append((name, subscription))
                answer.accepted.append(
                    SubscribedTopic(
                        name: name, number: topic.number, epoch: topic.position.epoch,
                        sequence: topic.position.sequence, status: topic.status,
                        follows: start.follows, firstSequence: start.firstSequence))
            } catch {
                answer.rejected.append(error.message(of: name))
            }
        }
        machine.changed(plan.id, topics: parts.count)
        fresh += parts.map(\.subscription)
        if !parts.isEmpty { living[plan.id] = Living(plan: plan, parts: parts) }
        return answer
    }

    /// After the answer.
    func begin(_ fresh: [Subscription]) {
        session.announceCaughtUp(fresh)
        session.becameWritable()
    }

    private func topic(named name: String) throws(TopicRefusal) -> Topic {
        // Asked before the hub, which would fetch what it is asked for. What is no name is the
        // hub's to explain.
        if let parsed = try? TopicName(parsing: name), !identity.allows(topic: parsed.description) {
            throw TopicRefusal(.forbidden, "\"\(parsed)\" is not among your topics")
        }
        return try hub.topic(named: name)
    }

    /// A field that belongs to none of the topics would be ignored without a word.
    private func checkFields(_ wish: FieldWish, of topics: [Topic]) throws(Refusal) {
        guard case .named(let names) = wish, !topics.isEmpty else { return }
        for (index, name) in names.enumerated()
        where !topics.contains(where: { $0.fieldNames.set(of: [name]) != nil }) {
            throw Refusal(
                .invalid, "none of the topics has a field \"\(name)\"", field: "fields[\(index)]")
        }
    }

    func change(_ answers: UInt64, _ change: SubscriptionChange) {
        // Publishing may serve other rows of this session, and end some: while all of them still
        // have what the client believes, and not between the first one's change and the answer.
        for part in living[change.id]?.parts ?? [] { part.subscription.topic.publishPending() }
        if session.isEnded { return }
        guard let entry = living[change.id] else {
            let text = "subscription \(change.id) has just ended"
            return refuse(answers, Refusal(.unknown, text, field: "id", id: change.id))
        }
        var plan = entry.plan
        plan.take(change)
        var wanted: [(name: String, subscription: Subscription, SubscriptionOptions)] = []
        do throws(Refusal) {
            try checkFields(plan.fields, of: entry.parts.map(\.subscription.topic))
            for (name, subscription) in entry.parts {
                do throws(TopicRefusal) {
                    let topic = subscription.topic
                    let options = try plan.options(for: topic, resumes: true)
                    try session.check(topic, options, insteadOf: subscription)
                    wanted.append((name, subscription, options))
                } catch {
                    // All or nothing: what is living is not lost by a request that cannot be met.
                    let reason: Refusal.Reason =
                        error.reason == .exhausted ? .exhausted : .invalid
                    throw Refusal(reason, error.message)
                }
            }
        } catch {
            return refuse(answers, error.about(change.id))
        }
        living[change.id]?.plan = plan
        var answer = SubscriptionAnswer(id: change.id)
        for (name, subscription, options) in wanted {
            let goesOn = session.change(subscription, to: options)
            // Positions from before the fields were widened lack the new ones.
            if !goesOn { acknowledged[subscription.topic.number] = nil }
            answer.accepted.append(described(subscription, name, goesOn: goesOn))
        }
        say(answers, .updated(answer))
        session.becameWritable()
    }

    private func described(
        _ subscription: Subscription, _ name: String, goesOn: Bool
    ) -> SubscribedTopic {
        let topic = subscription.topic
        var entry = SubscribedTopic(
            name: name, number: topic.number, epoch: topic.position.epoch,
            sequence: topic.position.sequence, status: topic.status)
        if topic.isState {
            entry.follows =
                goesOn ? .delta : subscription.isBehind ? .snapshot : .change
        } else {
            entry.follows = .events
            entry.firstSequence = subscription.sent.map { $0.sequence &+ 1 }
        }
        return entry
    }

    func close(_ answers: UInt64, _ id: UInt32, _ names: [String]) {
        guard let entry = living[id] else { return }
        let known = Set(entry.parts.map(\.name))
        for (index, name) in names.enumerated() where !known.contains(name) {
            return refuse(
                answers,
                Refusal(
                    .unknown, "subscription \(id) has no topic \"\(name)\"",
                    field: "topics[\(index)]", id: id))
        }
        let wanted = names.isEmpty ? known : Set(names)
        let leaving = entry.parts.filter { wanted.contains($0.name) }
        let positions = leaving.map { position(of: $0.subscription, $0.name) }
        for (_, subscription) in leaving {
            session.remove(subscription)
            acknowledged[subscription.topic.number] = nil
        }
        keep(entry.parts.filter { !wanted.contains($0.name) }, of: id)
        say(answers, .unsubscribed(Unsubscribed(id: id, positions: positions)))
    }

    func position(of subscription: Subscription, _ name: String) -> TopicPosition {
        TopicPosition(
            topic: name, epoch: subscription.sent?.epoch, sequence: subscription.sent?.sequence)
    }

    /// A topic of a subscription is no more; with the last one the subscription goes.
    func forget(_ subscription: Subscription, of id: UInt32) {
        guard let entry = living[id] else { return }
        acknowledged[subscription.topic.number] = nil
        keep(entry.parts.filter { $0.subscription !== subscription }, of: id)
    }

    /// These are all that is left of a subscription.
    func keep(_ parts: [(name: String, subscription: Subscription)], of id: UInt32) {
        if parts.isEmpty { living[id] = nil } else { living[id]?.parts = parts }
        machine.changed(id, topics: parts.count)
    }
}

extension SubscriptionPlan {
    mutating func take(_ change: SubscriptionChange) {
        if let fields = change.fields {
            self.fields = fields
            request.fields = change.request.fields
        }
        if let rate = change.rate {
            self.rate = rate
            request.rate = change.request.rate
        }
        if let overflow = change.overflow {
            self.overflow = overflow
            request.overflow = change.request.overflow
        }
        if let filter = change.filter {
            self.filter = filter
            request.filter = change.request.filter
        }
    }

    /// What the plan means to a topic; one that resumes begins where it stands.
    package func options(
        for topic: Topic, resumes: Bool
    ) throws(TopicRefusal) -> SubscriptionOptions {
        var options = SubscriptionOptions()
        if !resumes { try topic.check(start) }
        options.filter = try program(for: topic)
        options.rate = rate
        options.start = start
        if case .named(let names) = fields {
            guard let set = topic.fieldNames.set(of: names) else {
                throw TopicRefusal(
                    .malformed,
                    "\"\(topic.name)\" has none of the fields; it has: "
                        + topic.fieldNames.list)
            }
            options.fields = set
        }
        switch overflow {
        case .standard: break
        case .conflate:
            if !topic.isState {
                throw TopicRefusal(
                    .malformed,
                    "\"\(topic.name)\" is an event topic and cannot conflate; "
                        + "allowed: OVERFLOW_GAP, OVERFLOW_CLOSE")
            }
        case .gap:
            if topic.isState {
                throw TopicRefusal(
                    .malformed,
                    "\"\(topic.name)\" is a state topic and has no gaps; "
                        + "allowed: OVERFLOW_CONFLATE, OVERFLOW_CLOSE")
            }
        case .close: options.closesWhenBehind = true
        }
        return options
    }

    private func program(for topic: Topic) throws(TopicRefusal) -> FilterProgram? {
        guard let filter, let name = try? TopicName(parsing: topic.name) else { return nil }
        do throws(FilterRefusal) {
            let symbol = name.instrument?.symbol
            switch try filter.compiled(for: name.kind, symbol: symbol) {
            case .always: return nil
            case .sometimes(let program): return program
            case .never:
                throw FilterRefusal.excluded(symbol?.description ?? "")
            }
        } catch {
            throw TopicRefusal(.malformed, "\"\(topic.name)\" and the filter: \(error)")
        }
    }
}
