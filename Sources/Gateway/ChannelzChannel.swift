internal import Base
internal import Runtime
internal import Schema

/// A source with its numbers: a top channel.
final class ChannelzChannel {
    let id: Int64
    let source: any ChannelzSource
    private let group: ServerGroup
    private var trace: ChannelzTrace
    /// By serial; those of connections that are gone are dropped when the channel is looked at.
    private var socketIDs: [Int: Int64] = [:]
    private var traced: ChannelState

    init(_ source: any ChannelzSource, group: ServerGroup) {
        self.source = source
        self.group = group
        id = group.nextIdentifier()
        trace = ChannelzTrace(at: Clock.timestamp())
        traced = source.state
    }

    /// Notes a change of state.
    func noteState() {
        let state = source.state
        guard state != traced else { return }
        traced = state
        let severity: Channelz.TraceEvent.Severity =
            state == .transientFailure ? .warning : .information
        trace.add("\(state)", severity, at: Clock.timestamp())
    }

    var message: Channelz.Channel {
        let calls = source.calls
        let data = Channelz.ChannelData(
            connectivity: Channelz.Connectivity(state: source.state.message),
            target: source.target, trace: trace.message, callsStarted: Int64(calls.started),
            callsSucceeded: Int64(calls.succeeded), callsFailed: Int64(calls.failed),
            lastCallStarted: calls.lastStarted.map { TimestampMessage($0) })
        return Channelz.Channel(
            reference: Channelz.ChannelReference(id: id, name: source.name), data: data,
            sockets: sockets.map { Channelz.SocketReference(id: $0.id, name: name($0.socket)) })
    }

    /// The socket with that number, if it is this channel's.
    func socket(_ id: Int64) -> Channelz.Socket? {
        guard let socket = sockets.first(where: { $0.id == id })?.socket else { return nil }
        let data = Channelz.SocketData(
            messagesSent: Int64(socket.messagesSent),
            messagesReceived: Int64(socket.messagesReceived),
            lastMessageSent: socket.lastSent.map { TimestampMessage($0) },
            lastMessageReceived: socket.lastReceived.map { TimestampMessage($0) })
        return Channelz.Socket(
            reference: Channelz.SocketReference(id: id, name: name(socket)), data: data,
            local: socket.local.map { .tcp($0) }, remote: socket.remote.map { .tcp($0) },
            remoteName: source.target)
    }

    private var sockets: [(id: Int64, socket: ChannelSocket)] {
        let present = source.sockets
        let serials = Set(present.map(\.serial))
        socketIDs = socketIDs.filter { serials.contains($0.key) }
        return present.map { socket in
            if let known = socketIDs[socket.serial] { return (known, socket) }
            let fresh = group.nextIdentifier()
            socketIDs[socket.serial] = fresh
            return (fresh, socket)
        }
    }

    private func name(_ socket: ChannelSocket) -> String { socket.remote?.description ?? "" }
}
