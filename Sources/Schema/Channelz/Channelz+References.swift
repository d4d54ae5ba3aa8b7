extension Channelz {
    /// Names a channel.
    package struct ChannelReference: Equatable, Sendable {
        /// Positive; unique in the process, never used again.
        package var id: Int64?
        package var name: String?

        package init(id: Int64? = nil, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }

    /// Names a subchannel.
    package struct SubchannelReference: Equatable, Sendable {
        /// Positive; unique in the process, never used again.
        package var id: Int64?
        package var name: String?

        package init(id: Int64? = nil, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }

    /// Names a socket.
    package struct SocketReference: Equatable, Sendable {
        /// Positive; unique in the process, never used again.
        package var id: Int64?
        package var name: String?

        package init(id: Int64? = nil, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }

    /// Names a server.
    package struct ServerReference: Equatable, Sendable {
        /// Positive; unique in the process, never used again.
        package var id: Int64?
        package var name: String?

        package init(id: Int64? = nil, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }
}

extension Channelz.ChannelReference: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ChannelRef"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, name)
    }

    package init(_ record: Record) {
        id = record.get(1)
        name = record.get(2)
    }
}

extension Channelz.SubchannelReference: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SubchannelRef"]

    package func write(to record: Record) {
        record.set(7, id)
        record.set(8, name)
    }

    package init(_ record: Record) {
        id = record.get(7)
        name = record.get(8)
    }
}

extension Channelz.SocketReference: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketRef"]

    package func write(to record: Record) {
        record.set(3, id)
        record.set(4, name)
    }

    package init(_ record: Record) {
        id = record.get(3)
        name = record.get(4)
    }
}

extension Channelz.ServerReference: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ServerRef"]

    package func write(to record: Record) {
        record.set(5, id)
        record.set(6, name)
    }

    package init(_ record: Record) {
        id = record.get(5)
        name = record.get(6)
    }
}
