internal import Base
internal import Core
internal import GRPC
internal import Schema
internal import Streams

/// One `MarketData.Subscribe` call: the session of its topics, writing to its HTTP/2 stream.
final class SubscribeCall: RPCHandler, FrameSink {
    private let hub: Hub
    private let topicsMax: Int
    private let filterLimits: FilterLimits
    private unowned let call: RPCCall
    private var session: Session?

    init(_ call: RPCCall, hub: Hub, limits: GatewayLimits) {
        self.call = call
        self.hub = hub
        (topicsMax, filterLimits) = (limits.topicsPerCallMax, limits.session.filter)
    }

    // MARK: RPCHandler

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        guard session == nil else {
            return finish(RPCStatus(.invalidArgument, "Subscribe takes one request message"))
        }
        guard let request = call.decode(SubscribeRequest.self, message) else { return }
        begin(request)
    }

    func receivedEnd(on call: RPCCall) {
        if session == nil {
            finish(RPCStatus(.invalidArgument, "Subscribe ended without a request message"))
        }
    }

    func cancelled(_ call: RPCCall) {
        session?.end()
        session = nil
    }

    func becameWritable(_ call: RPCCall) { session?.becameWritable() }

    /// A subscription never ends by itself, and its position is good anywhere.
    func draining(_ call: RPCCall, deadline: Instant) {
        finish(StatusMapping.draining)
    }

    // MARK: FrameSink

    var lane: FrameLane? { call.lane }

    func offer(_ frames: RawSpan) -> Bool { call.trySend(framed: frames) }

    func tookFurther(_ messages: Int) { call.countFurther(messages) }

    func offerMissed(_ frames: RawSpan) -> Bool { call.trySend(several: frames) }

    func enqueue(_ frames: RawSpan) { call.send(framed: frames) }

    // MARK: Inside

    private func begin(_ request: SubscribeRequest) {
        guard !request.topics.isEmpty else { return finish(StatusMapping.noTopics("Subscribe")) }
        guard request.topics.count <= topicsMax else {
            return finish(
                StatusMapping.tooManyTopics(request.topics.count, limit: topicsMax))
        }
        let plan: SubscriptionPlan
        do throws(Schema.Refusal) {
            plan = try SubscriptionPlan(request, filterLimits)
        } catch {
            return finish(StatusMapping.status(error))
        }
        var resume: [String: Position] = [:]
        for position in request.resume {
            guard let name = position.topic, let epoch = position.epoch else { continue }
            resume[name] = Position(epoch: epoch, sequence: position.sequence ?? 0)
        }
        let session = Session(
            codec: call.subtype.codec, sink: self, takesGzip: call.agreeOnGzip(with: hub))
        var options: [UInt32: SubscriptionOptions] = [:]
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
        self.session = session
        let accepted = wanted.accepted.map { name, topic in
            var entry = session.add(
                topic, resumeAt: resume[name] ?? resume[topic.name],
                options[topic.number] ?? SubscriptionOptions())
            entry.name = name
            return entry
        }
        call.send(
            Update(payload: .subscribed(Subscribed(accepted: accepted, rejected: wanted.rejected))))
        if accepted.isEmpty { return finish(StatusMapping.allRejected(wanted.rejected)) }
        if let caller = call.caller, caller.mayChange {
            let topics = wanted.accepted.map(\.topic.name)
            caller.onChange = { [weak self] _ in self?.callerChanged(topics: topics) }
        }
        session.becameWritable()
    }

    /// The caller's token stands for less than it did: this call has no words for a part of it.
    private func callerChanged(topics: [String]) {
        guard let caller = call.caller else { return }
        let lost = topics.filter { !caller.topicAllowed($0) }
        if !lost.isEmpty { finish(StatusMapping.noLongerAllowed(lost)) }
    }

    private func finish(_ status: RPCStatus) {
        session?.end()
        session = nil
        call.finish(status)
    }
}
