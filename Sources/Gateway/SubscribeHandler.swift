internal import Base
internal import Core
internal import GRPC
internal import Schema
internal import Streams

/// `MarketData.Subscribe`: one for all calls, each of which keeps the session of its topics.
final class SubscribeHandler: RPCHandler {
    private let hub: Hub
    private let topicsMax: Int
    private let filterLimits: FilterLimits

    init(hub: Hub, limits: GatewayLimits) {
        self.hub = hub
        (topicsMax, filterLimits) = (limits.topicsPerCallMax, limits.session.filter)
    }

    // MARK: RPCHandler

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        guard call.subscriptions == nil else {
            return finish(call, RPCStatus(.invalidArgument, "Subscribe takes one request message"))
        }
        guard let request = call.decode(SubscribeRequest.self, message) else { return }
        begin(request, call)
    }

    func receivedEnd(on call: RPCCall) {
        if call.subscriptions == nil {
            finish(
                call, RPCStatus(.invalidArgument, "Subscribe ended without a request message"))
        }
    }

    func cancelled(_ call: RPCCall) { endSession(of: call) }

    func becameWritable(_ call: RPCCall) { call.subscriptions?.becameWritable() }

    /// A subscription never ends by itself, and its position is good anywhere.
    func draining(_ call: RPCCall, deadline: Instant) { finish(call, StatusMapping.draining) }

    // MARK: Inside

    private func begin(_ request: SubscribeRequest, _ call: RPCCall) {
        guard !request.topics.isEmpty else {
            return finish(call, StatusMapping.noTopics("Subscribe"))
        }
        guard request.topics.count <= topicsMax else {
            return finish(
                call, StatusMapping.tooManyTopics(request.topics.count, limit: topicsMax))
        }
        let plan: SubscriptionPlan
        do throws(Schema.Refusal) {
            plan = try SubscriptionPlan(request, filterLimits)
        } catch {
            if error.isFilterLimit { hub.metrics.sessions.reached(.filter) }
            return finish(call, StatusMapping.status(error))
        }
        var resume: [String: Position] = [:]
        for position in request.resume {
            guard let name = position.topic, let epoch = position.epoch else { continue }
            resume[name] = Position(epoch: epoch, sequence: position.sequence ?? 0)
        }
        let session = Session(
            codec: call.subtype.codec, sink: call, takesGzip: call.agreeOnGzip(with: hub))
        var options: [UInt32: SubscriptionOptions] = [:]
        hub.hearNews()
        let wanted = TopicRequest(request.topics, hub: hub, caller: call.caller) { topic in
            do throws(TopicRefusal) {
                let wanted = try plan.options(for: topic, resumes: resume[topic.name] != nil)
                try session.check(topic, wanted)
                options[topic.number] = wanted
                return nil
            } catch {
                return error
            }
        }
        call.context = session
        let accepted = wanted.accepted.map { name, topic in
            var entry = session.add(
                topic, resumeAt: resume[name] ?? resume[topic.name],
                options[topic.number] ?? SubscriptionOptions())
            entry.name = name
            return entry
        }
        call.send(
            Update(payload: .subscribed(Subscribed(accepted: accepted, rejected: wanted.rejected))))
        if accepted.isEmpty {
            return finish(call, StatusMapping.allRejected(wanted.rejected))
        }
        if let caller = call.caller, caller.mayChange {
            let topics = wanted.accepted.map(\.topic.name)
            caller.onChange = { [weak call] _ in
                if let call { self.callerChanged(call, topics: topics) }
            }
        }
        session.becameWritable()
    }

    /// The caller's token stands for less than it did: this call has no words for a part of it.
    private func callerChanged(_ call: RPCCall, topics: [String]) {
        guard let caller = call.caller else { return }
        let lost = topics.filter { !caller.topicAllowed($0) }
        if !lost.isEmpty { finish(call, StatusMapping.noLongerAllowed(lost)) }
    }

    private func finish(_ call: RPCCall, _ status: RPCStatus) {
        endSession(of: call)
        call.finish(status)
    }

    private func endSession(of call: RPCCall) {
        call.subscriptions?.end()
        call.context = nil
    }
}

extension RPCCall {
    /// The session of a call that is served by `SubscribeHandler`.
    fileprivate var subscriptions: Session? { context as? Session }
}
