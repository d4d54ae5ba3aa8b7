internal import Base
internal import GRPC
internal import Runtime
internal import Schema

/// gRPC's channelz (grpc.channelz.v1): the server's port, its client connections and the process's
/// own connections, with what they did. What the servers of all loops know is put together.
/// Confined to its server's loop.
final class ChannelzService: RPCService {
    let name = "grpc.channelz.v1.Channelz"
    private unowned let server: GatewayServer

    init(server: GatewayServer) { self.server = server }

    func register(in router: RPCRouter) {
        answer("GetTopChannels", in: router, topChannels)
        answer("GetChannel", in: router, channel)
        router.unary(path("GetSubchannel")) {
            (request: Channelz.GetSubchannelRequest) throws(RPCStatus)
                -> Channelz
                .GetSubchannelResponse in
            throw Self.notFound("subchannel", request.id)
        }
        answer("GetServers", in: router, servers)
        answer("GetServer", in: router, oneServer)
        answer("GetServerSockets", in: router, serverSockets)
        answer("GetSocket", in: router, socket)
    }

    private func path(_ method: String) -> String { "/\(name)/\(method)" }

    private static func notFound(_ what: String, _ id: Int64?) -> RPCStatus {
        RPCStatus(.notFound, "there is no \(what) \(id ?? 0)")
    }

    /// A method whose answer may take a round over the loops.
    private func answer<Request: WireMessage, Response: WireMessage>(
        _ method: String, in router: RPCRouter,
        _ answer: @escaping (Request, Reply<Response>) throws(RPCStatus) -> Void
    ) {
        router.register(path(method)) { _ in
            SingleRequestHandler { call, bytes in
                guard let request = call.decode(Request.self, bytes) else { return }
                do throws(RPCStatus) { try answer(request, Reply(call)) } catch {
                    call.finish(error)
                }
            }
        }
    }

    /// Whom to answer.
    private struct Reply<Response: WireMessage> {
        let call: RPCCall
        init(_ call: RPCCall) { self.call = call }
        func send(_ response: Response) { call.answer(response) }
        func fail(_ status: RPCStatus) { call.finish(status) }
    }

    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (GatewayServer) -> Answer,
        then: @escaping ([Answer]) -> Void
    ) { server.group.ask(from: server.loop, question, then: then) }

    // MARK: Channels

    private func topChannels(
        _ request: Channelz.GetTopChannelsRequest, _ reply: Reply<Channelz.GetTopChannelsResponse>
    ) throws(RPCStatus) {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        ask({ $0.channels.map { (id: $0.id, message: $0.message) } }) { answers in
            let channels = answers.flatMap(\.self)
            let (page, isEnd) = wanted.cut(channels.map(\.id))
            reply.send(
                Channelz.GetTopChannelsResponse(
                    channels: channels.filter { page.contains($0.id) }.map(\.message),
                    isEnd: isEnd))
        }
    }

    private func channel(
        _ request: Channelz.GetChannelRequest, _ reply: Reply<Channelz.GetChannelResponse>
    ) {
        let id = request.id
        ask({ $0.channels.first { $0.id == id }?.message }) { answers in
            guard let channel = answers.lazy.compactMap(\.self).first else {
                return reply.fail(Self.notFound("channel", id))
            }
            reply.send(Channelz.GetChannelResponse(channel: channel))
        }
    }

    // MARK: The server

    private func servers(
        _ request: Channelz.GetServersRequest, _ reply: Reply<Channelz.GetServersResponse>
    ) throws(RPCStatus) {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        askForServer { server in
            let (page, isEnd) = wanted.cut([server.reference?.id ?? 0])
            reply.send(
                Channelz.GetServersResponse(servers: page.isEmpty ? [] : [server], isEnd: isEnd))
        }
    }

    private func oneServer(
        _ request: Channelz.GetServerRequest, _ reply: Reply<Channelz.GetServerResponse>
    ) {
        askForServer { server in
            guard server.reference?.id == request.id else {
                return reply.fail(Self.notFound("server", request.id))
            }
            reply.send(Channelz.GetServerResponse(server: server))
        }
    }

    /// The one at the door, with the calls of all.
    private func askForServer(_ then: @escaping (Channelz.Server) -> Void) {
        ask({ ($0.channelzMessage, $0.calls) }) { answers in
            guard var server = answers.first?.0 else { return }
            var data = server.data ?? Channelz.ServerData()
            let calls = answers.map(\.1)
            data.callsStarted = Int64(calls.reduce(0) { $0 + $1.started })
            data.callsSucceeded = Int64(calls.reduce(0) { $0 + $1.succeeded })
            data.callsFailed = Int64(calls.reduce(0) { $0 + $1.failed })
            data.lastCallStarted = calls.compactMap(\.lastStarted).max().map {
                TimestampMessage($0)
            }
            server.data = data
            then(server)
        }
    }

    private func serverSockets(
        _ request: Channelz.GetServerSocketsRequest,
        _ reply: Reply<Channelz.GetServerSocketsResponse>
    ) throws(RPCStatus) {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        let id = request.serverID
        ask({ server in
            (id: server.serverID, sockets: server.connections.values.map(\.reference))
        }) { answers in
            guard answers.first?.id == id else { return reply.fail(Self.notFound("server", id)) }
            var references: [Int64: Channelz.SocketReference] = [:]
            for socket in answers.flatMap(\.sockets) { references[socket.id ?? 0] = socket }
            let (page, isEnd) = wanted.cut(references.keys)
            reply.send(
                Channelz.GetServerSocketsResponse(
                    sockets: page.compactMap { references[$0] }, isEnd: isEnd))
        }
    }

    // MARK: Sockets

    private func socket(
        _ request: Channelz.GetSocketRequest, _ reply: Reply<Channelz.GetSocketResponse>
    ) {
        let (id, isSummary) = (request.id ?? 0, request.isSummary ?? false)
        ask({ $0.channelzSocket(id, isSummary: isSummary) }) { answers in
            guard let socket = answers.lazy.compactMap(\.self).first else {
                return reply.fail(Self.notFound("socket", id))
            }
            reply.send(Channelz.GetSocketResponse(socket: socket))
        }
    }
}

extension GatewayServer {
    /// Without its calls.
    fileprivate var channelzMessage: Channelz.Server {
        let text = boundAddress?.description
        return Channelz.Server(
            reference: Channelz.ServerReference(id: serverID, name: text),
            data: Channelz.ServerData(trace: trace.message),
            listeners: [Channelz.SocketReference(id: listenerID, name: text)])
    }

    /// A connection, the listener or a source's socket, if it is this server's.
    fileprivate func channelzSocket(_ id: Int64, isSummary: Bool) -> Channelz.Socket? {
        if let connection = connections[id] { return connection.socket(isSummary: isSummary) }
        if id == listenerID, let address = boundAddress {
            return Channelz.Socket(
                reference: Channelz.SocketReference(id: id, name: address.description),
                data: Channelz.SocketData(), local: .tcp(address))
        }
        return channels.lazy.compactMap { $0.socket(id) }.first
    }
}
