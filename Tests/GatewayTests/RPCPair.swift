import Base
import GRPC
import HTTP2

/// A gRPC server and a client joined in memory.
final class RPCPair {
    let router: RPCRouter
    let server: RPCServerConnection
    let client: RPCClientConnection
    private let serverOutput = OutputBuffer()
    private let clientOutput = OutputBuffer()

    init(
        serverLimits: HTTP2Limits = HTTP2Limits(), clientLimits: HTTP2Limits = .client,
        interceptors: [any RPCInterceptor] = [], peer: RPCPeer = RPCPeer(address: "")
    ) {
        router = RPCRouter(interceptors: interceptors)
        server = RPCServerConnection(
            router: router, output: serverOutput, peer: peer, http2Limits: serverLimits
        ) { _ in PlainResponse(status: 404, text: "") }
        client = RPCClientConnection(output: clientOutput, http2Limits: clientLimits)
        exchange()
    }

    func exchange() {
        while !serverOutput.isEmpty || !clientOutput.isEmpty {
            let (down, up) = (serverOutput.copyBytes(), clientOutput.copyBytes())
            serverOutput.removeAll()
            clientOutput.removeAll()
            down.withRawSpan { client.received($0) }
            up.withRawSpan { server.received($0, now: Instant(nanoseconds: 0)) }
        }
    }

    func call(
        _ path: String, _ message: [UInt8], subtype: RPCSubtype = .protobuf, halfClose: Bool = true,
        metadata: Metadata = Metadata()
    ) -> RPCReply {
        let reply = RPCReply()
        reply.call = client.start(
            path: path, authority: "test", subtype: subtype, metadata: metadata,
            handler: reply)
        _ = message.withRawSpan { reply.call!.send($0) }
        if halfClose { reply.call!.halfClose() }
        exchange()
        return reply
    }
}

/// What a call of the pair's client received.
final class RPCReply: RPCClientHandler {
    var call: RPCClientCall?
    var messages: [[UInt8]] = []
    var status: RPCStatus?

    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        messages.append(message.copyBytes())
    }

    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        self.status = status
    }
}
