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
    private var shells: [Shell] = []
    private let script: Script
    private var listener: Listener?

    init(on loop: EventLoop, _ script: @escaping Script) throws {
        self.script = script
        let address = SocketAddress(host: "127.0.0.1", port: 0)!
        listener = try Listener(loop: loop, address: address) { [weak self] stream in
            guard let self else { return stream.close() }
            shells.append(Shell(stream, self))
        }
    }

    var endpoint: Endpoint { Endpoint(listener!.boundAddress) }

    func close() { listener?.close() }

    fileprivate func called(_ call: RPCCall, _ request: SubscribeRequest, _ stream: ByteStream) {
        requests.append(request)
        subtypes.append(call.subtype)
        script(requests.count - 1, request, ScriptedCall(call: call, stream: stream))
    }

    private final class Shell: ByteStreamDelegate {
        private let connection: RPCServerConnection

        init(_ stream: ByteStream, _ gateway: ScriptedGateway) {
            let router = RPCRouter()
            router.register("/penstock.v1.MarketData/Subscribe") { [weak gateway] _ in
                Handler { call, request in gateway?.called(call, request, stream) }
            }
            connection = RPCServerConnection(
                router: router, output: stream.output,
                wantsFlush: { [weak stream] in stream?.flushAtEndOfTurn() },
                plain: { _ in preconditionFailure("not asked for") })
            stream.delegate = self
            stream.flushAtEndOfTurn()
        }

        func received(_ bytes: RawSpan, on stream: ByteStream) {
            connection.received(bytes, now: stream.loop.turnInstant)
            stream.flushAtEndOfTurn()
        }
        func becameWritable(_ stream: ByteStream) { connection.outputDrained() }
        func closed(_ stream: ByteStream, _ reason: SystemError?) { connection.connectionLost() }
    }

    private final class Handler: RPCHandler {
        private let called: (RPCCall, SubscribeRequest) -> Void

        init(_ called: @escaping (RPCCall, SubscribeRequest) -> Void) { self.called = called }

        func receivedMessage(_ message: RawSpan, on call: RPCCall) {
            let codec: Codec = call.subtype == .messagePack ? .messagePack : .protobuf
            guard let request = try? SubscribeRequest(decoding: message, codec) else {
                return call.finish(RPCStatus(.invalidArgument, "undecodable"))
            }
            called(call, request)
        }
        func receivedEnd(on call: RPCCall) {}
        func cancelled(_ call: RPCCall) {}
    }
}

struct ScriptedCall {
    let call: RPCCall
    let stream: ByteStream

    func send(_ updates: Update...) {
        let codec: Codec = call.subtype == .messagePack ? .messagePack : .protobuf
        for update in updates { update.encoded(codec).withRawSpan { call.send($0) } }
    }

    func subscribed(_ accepted: AcceptedTopic...) {
        send(Update(payload: .subscribed(Subscribed(accepted: accepted))))
    }
}
