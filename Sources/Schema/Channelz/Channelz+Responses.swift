extension Channelz {
    /// A page of channels.
    package struct GetTopChannelsResponse: Equatable, Sendable {
        package var channels: [Channel]
        /// Nothing comes after this page.
        package var isEnd: Bool?

        package init(channels: [Channel] = [], isEnd: Bool? = nil) {
            self.channels = channels
            self.isEnd = isEnd
        }
    }

    /// A page of servers.
    package struct GetServersResponse: Equatable, Sendable {
        package var servers: [Server]
        /// Nothing comes after this page.
        package var isEnd: Bool?

        package init(servers: [Server] = [], isEnd: Bool? = nil) {
            self.servers = servers
            self.isEnd = isEnd
        }
    }

    /// One server.
    package struct GetServerResponse: Equatable, Sendable {
        package var server: Server?

        package init(server: Server? = nil) {
            self.server = server
        }
    }

    /// A page of a server's connections.
    package struct GetServerSocketsResponse: Equatable, Sendable {
        package var sockets: [SocketReference]
        /// Nothing comes after this page.
        package var isEnd: Bool?

        package init(sockets: [SocketReference] = [], isEnd: Bool? = nil) {
            self.sockets = sockets
            self.isEnd = isEnd
        }
    }

    /// One channel.
    package struct GetChannelResponse: Equatable, Sendable {
        package var channel: Channel?

        package init(channel: Channel? = nil) {
            self.channel = channel
        }
    }

    /// One subchannel.
    package struct GetSubchannelResponse: Equatable, Sendable {
        package var subchannel: Subchannel?

        package init(subchannel: Subchannel? = nil) {
            self.subchannel = subchannel
        }
    }

    /// One socket.
    package struct GetSocketResponse: Equatable, Sendable {
        package var socket: Socket?

        package init(socket: Socket? = nil) {
            self.socket = socket
        }
    }
}

extension Channelz.GetTopChannelsResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetTopChannelsResponse"]

    package func write(to record: Record) {
        record.set(1, channels)
        record.set(2, isEnd)
    }

    package init(_ record: Record) {
        channels = record.list(1)
        isEnd = record.get(2)
    }
}

extension Channelz.GetServersResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServersResponse"]

    package func write(to record: Record) {
        record.set(1, servers)
        record.set(2, isEnd)
    }

    package init(_ record: Record) {
        servers = record.list(1)
        isEnd = record.get(2)
    }
}

extension Channelz.GetServerResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServerResponse"]

    package func write(to record: Record) {
        record.set(1, server)
    }

    package init(_ record: Record) {
        server = record.get(1)
    }
}

extension Channelz.GetServerSocketsResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServerSocketsResponse"]

    package func write(to record: Record) {
        record.set(1, sockets)
        record.set(2, isEnd)
    }

    package init(_ record: Record) {
        sockets = record.list(1)
        isEnd = record.get(2)
    }
}

extension Channelz.GetChannelResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetChannelResponse"]

    package func write(to record: Record) {
        record.set(1, channel)
    }

    package init(_ record: Record) {
        channel = record.get(1)
    }
}

extension Channelz.GetSubchannelResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetSubchannelResponse"]

    package func write(to record: Record) {
        record.set(1, subchannel)
    }

    package init(_ record: Record) {
        subchannel = record.get(1)
    }
}

extension Channelz.GetSocketResponse: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetSocketResponse"]

    package func write(to record: Record) {
        record.set(1, socket)
    }

    package init(_ record: Record) {
        socket = record.get(1)
    }
}
