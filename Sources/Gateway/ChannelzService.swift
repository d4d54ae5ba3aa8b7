internal import Base
internal import GRPC
internal import Runtime
internal import Schema

/// gRPC's channelz (grpc.channelz.v1): the server's port, its client connections and the process's
/// own connections, with what they did. Confined to the server's loop.
final class ChannelzService: RPCService {
    let name = "grpc.channelz.v1.Channelz"
    private unowned let server: GatewayServer

    init(server: GatewayServer) { self.server = server }

    func register(in router: RPCRouter) {
        router.unary(path("GetTopChannels"), topChannels)
        router.unary(path("GetServers"), servers)
        router.unary(path("GetServer")) { (request: Channelz.GetServerRequest) throws(RPCStatus) in
            try self.checkServer(request.id)
            return Channelz.GetServerResponse(server: self.serverMessage)
        }
        router.unary(path("GetServerSockets"), serverSockets)
        router.unary(path("GetChannel"), channel)
        router.unary(path("GetSubchannel")) {
            (request: Channelz.GetSubchannelRequest) throws(RPCStatus)
                -> Channelz
                .GetSubchannelResponse in
            throw Self.notFound("subchannel", request.id)
        }
        router.unary(path("GetSocket"), socket)
    }

    private func path(_ method: String) -> String { "/\(name)/\(method)" }

    private static func notFound(_ what: String, _ id: Int64?) -> RPCStatus {
        RPCStatus(.notFound, "there is no \(what) \(id ?? 0)")
    }

    // MARK: Channels

    private func topChannels(
        _ request: Channelz.GetTopChannelsRequest
    ) throws(RPCStatus) -> Channelz.GetTopChannelsResponse {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        let (page, isEnd) = wanted.cut(server.channels.map(\.id))
        let channels = server.channels.filter { page.contains($0.id) }
        return Channelz.GetTopChannelsResponse(channels: channels.map(\.message), isEnd: isEnd)
    }

    private func channel(
        _ request: Channelz.GetChannelRequest
    ) throws(RPCStatus) -> Channelz.GetChannelResponse {
        guard let channel = server.channels.first(where: { $0.id == request.id }) else {
            throw Self.notFound("channel", request.id)
        }
        return Channelz.GetChannelResponse(channel: channel.message)
    }

    // MARK: The server

    private func checkServer(_ id: Int64?) throws(RPCStatus) {
        guard id == server.serverID else { throw Self.notFound("server", id) }
    }

    private func servers(
        _ request: Channelz.GetServersRequest
    ) throws(RPCStatus) -> Channelz.GetServersResponse {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        let (page, isEnd) = wanted.cut([server.serverID])
        return Channelz.GetServersResponse(servers: page.map { _ in serverMessage }, isEnd: isEnd)
    }

    private var serverMessage: Channelz.Server {
        let calls = server.calls
        let data = Channelz.ServerData(
            trace: server.trace.message, callsStarted: Int64(calls.started),
            callsSucceeded: Int64(calls.succeeded), callsFailed: Int64(calls.failed),
            lastCallStarted: calls.lastStarted.map { TimestampMessage($0) })
        let text = server.boundAddress?.description
        return Channelz.Server(
            reference: Channelz.ServerReference(id: server.serverID, name: text), data: data,
            listeners: [Channelz.SocketReference(id: server.listenerID, name: text)])
    }

    private func serverSockets(
        _ request: Channelz.GetServerSocketsRequest
    ) throws(RPCStatus) -> Channelz.GetServerSocketsResponse {
        let wanted = try ChannelzPage(start: request.startID, resultsMax: request.resultsMax)
        try checkServer(request.serverID)
        let (page, isEnd) = wanted.cut(server.connections.keys)
        let sockets = page.compactMap { server.connections[$0]?.reference }
        return Channelz.GetServerSocketsResponse(sockets: sockets, isEnd: isEnd)
    }

    // MARK: Sockets

    private func socket(
        _ request: Channelz.GetSocketRequest
    ) throws(RPCStatus) -> Channelz.GetSocketResponse {
        let id = request.id ?? 0
        let isSummary = request.isSummary ?? false
        let found =
            server.connections[id]?.socket(isSummary: isSummary) ?? listener(id)
            ?? server.channels.lazy.compactMap { $0.socket(id) }.first
        guard let found else { throw Self.notFound("socket", id) }
        return Channelz.GetSocketResponse(socket: found)
    }

    private func listener(_ id: Int64) -> Channelz.Socket? {
        guard id == server.listenerID, let address = server.boundAddress else { return nil }
        return Channelz.Socket(
            reference: Channelz.SocketReference(id: id, name: address.description),
            data: Channelz.SocketData(), local: .tcp(address))
    }
}
