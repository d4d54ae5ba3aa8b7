extension Channelz {
    /// A page of channels.
    package struct GetTopChannelsRequest: Equatable, Sendable {
        package var startID: Int64?
        /// Of one page; 0: the server chooses.
        package var resultsMax: Int64?

        package init(startID: Int64? = nil, resultsMax: Int64? = nil) {
            self.startID = startID
            self.resultsMax = resultsMax
        }
    }

    /// A page of servers.
    package struct GetServersRequest: Equatable, Sendable {
        package var startID: Int64?
        /// Of one page; 0: the server chooses.
        package var resultsMax: Int64?

        package init(startID: Int64? = nil, resultsMax: Int64? = nil) {
            self.startID = startID
            self.resultsMax = resultsMax
        }
    }

    /// One server.
    package struct GetServerRequest: Equatable, Sendable {
        package var id: Int64?

        package init(id: Int64? = nil) {
            self.id = id
        }
    }

    /// A page of a server's connections.
    package struct GetServerSocketsRequest: Equatable, Sendable {
        package var serverID: Int64?
        package var startID: Int64?
        /// Of one page; 0: the server chooses.
        package var resultsMax: Int64?

        package init(
            serverID: Int64? = nil,
            startID: Int64? = nil,
            resultsMax: Int64? = nil
        ) {
            self.serverID = serverID
            self.startID = startID
            self.resultsMax = resultsMax
        }
    }

    /// One channel.
    package struct GetChannelRequest: Equatable, Sendable {
        package var id: Int64?

        package init(id: Int64? = nil) {
            self.id = id
        }
    }

    /// One subchannel.
    package struct GetSubchannelRequest: Equatable, Sendable {
        package var id: Int64?

        package init(id: Int64? = nil) {
            self.id = id
        }
    }

    /// One socket.
    package struct GetSocketRequest: Equatable, Sendable {
        package var id: Int64?
        /// Without security and options.
        package var isSummary: Bool?

        package init(id: Int64? = nil, isSummary: Bool? = nil) {
            self.id = id
            self.isSummary = isSummary
        }
    }
}

extension Channelz.GetTopChannelsRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetTopChannelsRequest"]

    package func write(to record: Record) {
        record.set(1, startID)
        record.set(2, resultsMax)
    }

    package init(_ record: Record) {
        startID = record.get(1)
        resultsMax = record.get(2)
    }
}

extension Channelz.GetServersRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServersRequest"]

    package func write(to record: Record) {
        record.set(1, startID)
        record.set(2, resultsMax)
    }

    package init(_ record: Record) {
        startID = record.get(1)
        resultsMax = record.get(2)
    }
}

extension Channelz.GetServerRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServerRequest"]

    package func write(to record: Record) {
        record.set(1, id)
    }

    package init(_ record: Record) {
        id = record.get(1)
    }
}

extension Channelz.GetServerSocketsRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetServerSocketsRequest"]

    package func write(to record: Record) {
        record.set(1, serverID)
        record.set(2, startID)
        record.set(3, resultsMax)
    }

    package init(_ record: Record) {
        serverID = record.get(1)
        startID = record.get(2)
        resultsMax = record.get(3)
    }
}

extension Channelz.GetChannelRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetChannelRequest"]

    package func write(to record: Record) {
        record.set(1, id)
    }

    package init(_ record: Record) {
        id = record.get(1)
    }
}

extension Channelz.GetSubchannelRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetSubchannelRequest"]

    package func write(to record: Record) {
        record.set(1, id)
    }

    package init(_ record: Record) {
        id = record.get(1)
    }
}

extension Channelz.GetSocketRequest: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.GetSocketRequest"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, isSummary)
    }

    package init(_ record: Record) {
        id = record.get(1)
        isSummary = record.get(2)
    }
}
