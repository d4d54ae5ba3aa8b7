import Base
import GRPC
import PenstockClient
import Runtime
import Schema

/// A gateway on loopback that answers each Subscribe call as its script says. Confined to its loop.
final class ScriptedGateway {
    /// The number of the call from 0, the request, the call, and the connection to break.
    typealias Script = (Int, SubscribeRequest, ScriptedCall) -> Void

    private(set) var requests: [SubscribeRequest] = []
    private(set) var subtypes: [RPCSubtype] = []
    /// What the calls showed as `authorization`.
    private(set) var tokens: [String?] = []
    private(set) var calls: [ScriptedCall] = []
    private(set) var cancellations = 0
    private(set) var connectionCount = 0
    /// GetSnapshot calls, and what becomes of each.
    private(set) var questions = 0
    var answers: (RPCCall) -> Void = { $0.finish(RPCStatus(.unavailable, "no data")) }
    private var shells: [Shell] = []
    private let script: Script
    private var listener: Listener?
    private var waiting: (condition: (ScriptedGateway) -> Bool, met: () -> Void)?

    init(on loop: EventLoop, _ script: @escaping Script) throws {
        self.script = script
        let address = SocketAddress(host: "127.0.0.1", port: 0)!
        listener = try Listener(loop: loop, address: address) { [weak self] stream in
            guard let self else { return stream.close() }
            connectionCount += 1
            shells.append(Shell(stream, self))
        }
    }

    var endpoint: Endpoint { Endpoint(listener!.boundAddress) }

    func close() { listener?.close() }

    /// Calls `met` once the condition holds, now or after some call.
    func wait(_ condition: @escaping (ScriptedGateway) -> Bool, _ met: @escaping () -> Void) {
        waiting = (condition, met)
        changed()
    }

    fileprivate func changed() {
        guard let waiting, waiting.condition(self) else { return }
        self.waiting = nil
        waiting.met()
    }

    fileprivate func called(
        _ call: RPCCall, _ request: SubscribeRequest, _ stream: ByteStream,
        _ connection: RPCServerConnection
    ) {
        requests.append(request)
        subtypes.append(call.subtype)
        tokens.append(call.metadata["authorization"])
        let scripted = ScriptedCall(call: call, stream: stream, connection: connection)
        calls.append(scripted)
        script(requests.count - 1, request, scripted)
        changed()
    }

    fileprivate func cancelled() {
        cancellations += 1
        changed()
    }

    fileprivate func asked(_ call: RPCCall) {
        questions += 1
        answers(call)
        changed()
    }

    private final class Shell: ByteStreamDelegate {
        private var connection: RPCServerConnection?
        private weak var gateway: ScriptedGateway?

        init(_ stream: ByteStream, _ gateway: ScriptedGateway) {
            self.gateway = gateway
            let router = RPCRouter()
            router.register("/penstock.v1.MarketData/Subscribe") { [weak gateway, weak self] _ in
                Handler(gateway) { call, request in
                    guard let connection = self?.connection else { return }
                    gateway?.called(call, request, stream, connection)
                }
            }
            router.register("/penstock.v1.MarketData/GetSnapshot") { [weak gateway] _ in
                SingleRequestHandler(onCancelled: { _ in gateway?.cancelled() }) { call, _ in
                    gateway?.asked(call)
                }
            }
            connection = RPCServerConnection(
                router: router, output: stream.output,
                wantsFlush: { [weak stream] in stream?.flushAtEndOfTurn() },
                plain: { _ in preconditionFailure("not asked for") })
            stream.delegate = self
            stream.flushAtEndOfTurn()
        }

        func received(_ bytes: RawSpan, on stream: ByteStream) {
            connection?.received(bytes, now: stream.loop.turnInstant)
            stream.flushAtEndOfTurn()
            gateway?.changed()
        }
        func becameWritable(_ stream: ByteStream) { connection?.outputDrained() }
        func closed(_ stream: ByteStream, _ reason: SystemError?) { connection?.connectionLost() }
    }

    private final class Handler: RPCHandler {
        private weak var gateway: ScriptedGateway?
        private let called: (RPCCall, SubscribeRequest) -> Void

        init(_ gateway: ScriptedGateway?, _ called: @escaping (RPCCall, SubscribeRequest) -> Void) {
            self.gateway = gateway
            self.called = called
        }

        func receivedMessage(_ message: RawSpan, on call: RPCCall) {
            let codec: Codec = call.subtype == .messagePack ? .messagePack : .protobuf
            guard let request = try? SubscribeRequest(decoding: message, codec) else {
                return call.finish(RPCStatus(.invalidArgument, "undecodable"))
            }
            called(call, request)
        }
        func receivedEnd(on call: RPCCall) {}
        func cancelled(_ call: RPCCall) { gateway?.cancelled() }
    }
}

struct ScriptedCall {
    let call: RPCCall
    let stream: ByteStream
    let connection: RPCServerConnection

    func send(_ updates: Update...) {
        let codec: Codec = call.subtype == .messagePack ? .messagePack : .protobuf
        for update in updates { update.encoded(codec).withRawSpan { call.send($0) } }
    }

    func subscribed(_ accepted: AcceptedTopic...) {
        send(Update(payload: .subscribed(Subscribed(accepted: accepted))))
    }

    /// The orderly farewell: calls go on.
    func goAway() {
        connection.beginDrain(now: stream.loop.turnInstant)
        stream.flushAtEndOfTurn()
    }

    /// The client answered the farewell's PING, so the last GOAWAY is out.
    var hasSaidGoodbye: Bool { connection.hasSaidGoodbye }
}
