internal import Base
internal import Schema
internal import Streams

/// What each request means, or why it is refused.
extension SessionMachine {
    func plan(
        of hello: Hello, into actions: inout [SessionAction]
    ) throws(Refusal) -> HelloPlan {
        guard let version = hello.protocolVersion else {
            throw Refusal(.invalid, "hello says its protocol; allowed: 1", field: "protocol")
        }
        guard version == 1 else {
            throw Refusal(
                .unimplemented, "protocol \(version) is not spoken here; allowed: 1",
                field: "protocol")
        }
        let client = hello.client ?? ""
        guard client.utf8.count <= limits.clientNameBytesMax else {
            throw Refusal(
                .invalid,
                "a client's name of \(client.utf8.count) bytes; at most "
                    + "\(limits.clientNameBytesMax) are allowed", field: "client")
        }
        var plan = HelloPlan(client: client, heartbeat: limits.heartbeatDefault)
        if let wanted = hello.heartbeatMilliseconds {
            plan.heartbeat = .milliseconds(Int(wanted))
            guard plan.heartbeat >= limits.heartbeatMin, plan.heartbeat <= limits.heartbeatMax
            else {
                throw Refusal(
                    .invalid,
                    "a heartbeat every \(wanted) ms; allowed: "
                        + "\(limits.heartbeatMin.wholeMilliseconds) to "
                        + "\(limits.heartbeatMax.wholeMilliseconds)",
                    field: "heartbeat_milliseconds")
            }
        }
        guard let token = hello.resumeToken else { return plan }
        do throws(Refusal) {
            plan.restored = try restored(token, into: &actions)
        } catch {
            plan.tokenRefused = error
        }
        return plan
    }

    /// All of a token or nothing.
    private func restored(
        _ token: [UInt8], into actions: inout [SessionAction]
    ) throws(Refusal) -> [SubscriptionPlan] {
        guard token.count <= limits.resumeTokenBytesMax else {
            actions.append(.count(.tokenBytes))
            throw Refusal(
                .exhausted,
                "a resume token of \(token.count) bytes; at most "
                    + "\(limits.resumeTokenBytesMax) are allowed", field: "resume_token")
        }
        var open = Open(heartbeat: .zero, heartbeatDue: Instant(nanoseconds: 0))
        var plans: [SubscriptionPlan] = []
        for request in try ResumeToken(bytes: token).subscriptions {
            let plan = try self.plan(of: request, open, into: &actions)
            open.topics[plan.id] = plan.topics.count
            plans.append(plan)
        }
        return plans
    }

    func answer(
        to request: SessionRequest, number: UInt64, _ open: Open,
        into actions: inout [SessionAction]
    ) throws(Refusal) -> SessionAction {
        switch request.request {
        case .subscribe(let wish):
            return .open(answers: number, try plan(of: wish, open, into: &actions))
        case .update(let wish):
            try checkLiving(wish.id, open)
            do throws(Refusal) {
                let change = try SubscriptionChange(wish, limits.filter)
                return .change(answers: number, change)
            } catch {
                count(error, into: &actions)
                throw error.about(wish.id)
            }
        case .unsubscribe(let wish):
            let id = try checkLiving(wish.id, open)
            return .close(answers: number, id: id, topics: wish.topics)
        case .ack(let ack):
            if ack.positions.isEmpty {
                throw Refusal(.invalid, "an acknowledgement has positions", field: "positions")
            }
            return .acknowledge(answers: number, ack.positions)
        case .authRefresh(let refresh):
            guard let token = refresh.token, !token.isEmpty else {
                throw Refusal(.invalid, "there is no token", field: "token")
            }
            return .refresh(answers: number, token: token)
        case .ping(let ping): return .pong(answers: number, nonce: ping.nonce)
        case .check(let wish):
            let id = try checkLiving(wish.id, open)
            return .check(answers: number, id: id, topic: wish.topic ?? "")
        case .hello, nil:
            throw Refusal(.unimplemented, "the message holds no request that is known here")
        }
    }

    /// A filter that is more than is allowed reached a limit.
    private func count(_ refusal: Refusal, into actions: inout [SessionAction]) {
        if refusal.isFilterLimit { actions.append(.count(.filter)) }
    }

    @discardableResult
    private func checkLiving(_ id: UInt32?, _ open: Open) throws(Refusal) -> UInt32 {
        guard let id, open.topics[id] != nil else {
            let living = open.topics.keys.sorted().prefix(20).map(String.init)
            throw Refusal(
                .unknown,
                "there is no subscription \(id ?? 0); living: "
                    + (living.isEmpty ? "none" : living.joined(separator: ", ")), field: "id",
                id: id)
        }
        return id
    }

    private func plan(
        of wish: SubscribeTopics, _ open: Open, into actions: inout [SessionAction]
    ) throws(Refusal) -> SubscriptionPlan {
        if let id = wish.id, open.topics[id] != nil {
            throw Refusal(.twice, "subscription \(id) is living", field: "id", id: id)
        }
        guard open.topics.count < limits.subscriptionsMax else {
            actions.append(.count(.subscriptions))
            throw Refusal(
                .exhausted,
                "\(limits.subscriptionsMax) subscriptions are living, which is all "
                    + "that are allowed", id: wish.id)
        }
        if wish.topics.count > limits.topicsPerSubscriptionMax {
            actions.append(.count(.topicsPerSubscription))
        } else if open.topicCount + wish.topics.count > limits.topicsMax {
            actions.append(.count(.topics))
            throw Refusal(
                .exhausted,
                "\(wish.topics.count) topics beside \(open.topicCount); at most "
                    + "\(limits.topicsMax) are allowed", field: "topics", id: wish.id)
        }
        do throws(Refusal) {
            return try SubscriptionPlan(wish, limits)
        } catch {
            count(error, into: &actions)
            throw error.about(wish.id)
        }
    }
}

extension Refusal {
    /// The same, naming the subscription.
    func about(_ id: UInt32?) -> Refusal {
        var refusal = self
        refusal.id = id
        return refusal
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
