extension Channelz {
    /// A connection to somebody else; here, to a venue.
    package struct Channel: Equatable, Sendable {
        package var reference: ChannelReference?
        package var data: ChannelData?
        package var channels: [ChannelReference]
        package var subchannels: [SubchannelReference]
        package var sockets: [SocketReference]

        package init(
            reference: ChannelReference? = nil,
            data: ChannelData? = nil,
            channels: [ChannelReference] = [],
            subchannels: [SubchannelReference] = [],
            sockets: [SocketReference] = []
        ) {
            self.reference = reference
            self.data = data
            self.channels = channels
            self.subchannels = subchannels
            self.sockets = sockets
        }
    }

    /// Part of a channel. This server has none.
    package struct Subchannel: Equatable, Sendable {
        package var reference: SubchannelReference?
        package var data: ChannelData?
        package var channels: [ChannelReference]
        package var subchannels: [SubchannelReference]
        package var sockets: [SocketReference]

        package init(
            reference: SubchannelReference? = nil,
            data: ChannelData? = nil,
            channels: [ChannelReference] = [],
            subchannels: [SubchannelReference] = [],
            sockets: [SocketReference] = []
        ) {
            self.reference = reference
            self.data = data
            self.channels = channels
            self.subchannels = subchannels
            self.sockets = sockets
        }
    }
}

extension Channelz.Channel: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Channel"]

    package func write(to record: Record) {
        record.set(1, reference)
        record.set(2, data)
        record.set(3, channels)
        record.set(4, subchannels)
        record.set(5, sockets)
    }

    package init(_ record: Record) {
        reference = record.get(1)
        data = record.get(2)
        channels = record.list(3)
        subchannels = record.list(4)
        sockets = record.list(5)
    }
}

extension Channelz.Subchannel: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Subchannel"]

    package func write(to record: Record) {
        record.set(1, reference)
        record.set(2, data)
        record.set(3, channels)
        record.set(4, subchannels)
        record.set(5, sockets)
    }

    package init(_ record: Record) {
        reference = record.get(1)
        data = record.get(2)
        channels = record.list(3)
        subchannels = record.list(4)
        sockets = record.list(5)
    }
}
