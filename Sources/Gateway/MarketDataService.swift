internal import Base
package import Core
package import GRPC
internal import Market
internal import Schema
internal import Streams

/// `penstock.v1.MarketData`: translates between the wire and the hub, and decides nothing.
package struct MarketDataService: RPCService {
    package let name = "penstock.v1.MarketData"

    private let hub: Hub
    private let limits: GatewayLimits

    package init(hub: Hub, limits: GatewayLimits = GatewayLimits()) {
        self.hub = hub
        self.limits = limits
    }

    package func register(in router: RPCRouter) {
        let (hub, limits) = (hub, limits)
        hub.compress(with: router.gzip)
        let subscribe = SubscribeHandler(hub: hub, limits: limits)
        router.register("/\(name)/Subscribe") { _ in subscribe }
        router.register("/\(name)/Session") { call in
            SessionCall(call, hub: hub, limits: limits.session)
        }
        router.register("/\(name)/GetSnapshot") { _ in
            SingleRequestHandler { call, bytes in
                guard let request = call.decode(GetSnapshotRequest.self, bytes) else { return }
                Self.answer(request, call, hub: hub, limits: limits)
            }
        }
        let history = HistoryAnswers(hub: hub, limits: limits)
        router.unary("/\(name)/GetHistory") {
            (request: GetHistoryRequest, call: RPCCall) throws(RPCStatus) in
            try history.page(request, call.caller)
        }
        router.unary("/\(name)/GetReplayInfo") {
            (request: GetReplayInfoRequest, call: RPCCall) throws(RPCStatus) in
            try history.replayInfo(request, call.caller)
        }
        router.unary("/\(name)/ListInstruments") {
            (request: ListInstrumentsRequest) throws(RPCStatus) in
            hub.hearNews()
            return try Self.instruments(request, hub: hub)
        }
    }

    private static func answer(
        _ request: GetSnapshotRequest, _ call: RPCCall, hub: Hub, limits: GatewayLimits
    ) {
        func respond(from hub: Hub) throws(RPCStatus) {
            call.answer(try snapshot(request, hub: hub, limits: limits, caller: call.caller))
        }
        hub.hearNews()
        do throws(RPCStatus) { try respond(from: hub) } catch {
            guard error.code == .unavailable else { return call.finish(error) }
            // What has no data here may have some on the loop that owns the topics: it was asked.
            // The hub keeps the work, which must not keep the hub.
            hub.whenUpToDate { [unowned hub] in
                guard call.isOpen else { return }
                do throws(RPCStatus) { try respond(from: hub) } catch { call.finish(error) }
            }
        }
    }

    private static func snapshot(
        _ request: GetSnapshotRequest, hub: Hub, limits: GatewayLimits, caller: CallIdentity?
    ) throws(RPCStatus) -> GetSnapshotResponse {
        if request.topics.isEmpty { throw StatusMapping.noTopics("GetSnapshot") }
        if request.topics.count > limits.topicsPerCallMax {
            throw StatusMapping.tooManyTopics(
                request.topics.count, limit: limits.topicsPerCallMax)
        }
        let wanted = TopicRequest(request.topics, hub: hub, caller: caller) { topic in
            topic.isState
                ? nil
                : TopicRefusal(
                    .malformed, "\"\(topic.name)\" is an event topic and has no snapshot")
        }
        if wanted.accepted.isEmpty { throw StatusMapping.allRejected(wanted.rejected) }
        var response = GetSnapshotResponse()
        var accepted: [AcceptedTopic] = []
        for (name, topic) in wanted.accepted {
            guard let topic = topic as? StateTopic else { continue }
            topic.publishPending()
            guard topic.hasState else {
                throw RPCStatus(
                    .unavailable, "\(name) has no data yet: its feed is down or starting")
            }
            accepted.append(
                AcceptedTopic(
                    name: name, number: topic.number, epoch: topic.position.epoch,
                    sequence: topic.position.sequence, status: topic.status, resumed: false))
            response.snapshots.append(topic.snapshot())
        }
        response.subscribed = Subscribed(accepted: accepted, rejected: wanted.rejected)
        return response
    }

    private static func instruments(
        _ request: ListInstrumentsRequest, hub: Hub
    ) throws(RPCStatus) -> ListInstrumentsResponse {
        var names = hub.venueNames
        if let venue = request.venue {
            guard names.contains(venue) else {
                throw RPCStatus(
                    .notFound,
                    "venue \"\(venue)\" is not configured; configured: "
                        + names.joined(separator: ", "))
            }
            names = [venue]
        }
        var response = ListInstrumentsResponse()
        for name in names {
            for instrument in hub.instruments(of: name) ?? [] {
                response.instruments.append(
                    Schema.Instrument(
                        venue: name, symbol: instrument.symbol.description,
                        venueSymbol: instrument.venueSymbol, baseAsset: instrument.symbol.base,
                        quoteAsset: instrument.symbol.quote, trading: instrument.isTrading))
            }
        }
        return response
    }
}
