extension Channelz {
    /// What a connection did.
    package struct SocketData: Equatable, Sendable {
        package var streamsStarted: Int64?
        /// Ended by the server with END_STREAM.
        package var streamsSucceeded: Int64?
        /// Ended any other way.
        package var streamsFailed: Int64?
        package var messagesSent: Int64?
        package var messagesReceived: Int64?
        package var keepAlivesSent: Int64?
        package var lastLocalStreamCreated: TimestampMessage?
        package var lastRemoteStreamCreated: TimestampMessage?
        package var lastMessageSent: TimestampMessage?
        package var lastMessageReceived: TimestampMessage?
        /// Bytes that the peer lets this end send.
        package var localWindow: Int64ValueMessage?
        /// Bytes that this end lets the peer send.
        package var remoteWindow: Int64ValueMessage?
        package var options: [SocketOption]
        package var peerStreamsMax: UInt32?

        package init(
            streamsStarted: Int64? = nil,
            streamsSucceeded: Int64? = nil,
            streamsFailed: Int64? = nil,
            messagesSent: Int64? = nil,
            messagesReceived: Int64? = nil,
            keepAlivesSent: Int64? = nil,
            lastLocalStreamCreated: TimestampMessage? = nil,
            lastRemoteStreamCreated: TimestampMessage? = nil,
            lastMessageSent: TimestampMessage? = nil,
            lastMessageReceived: TimestampMessage? = nil,
            localWindow: Int64ValueMessage? = nil,
            remoteWindow: Int64ValueMessage? = nil,
            options: [SocketOption] = [],
            peerStreamsMax: UInt32? = nil
        ) {
            self.streamsStarted = streamsStarted
            self.streamsSucceeded = streamsSucceeded
            self.streamsFailed = streamsFailed
            self.messagesSent = messagesSent
            self.messagesReceived = messagesReceived
            self.keepAlivesSent = keepAlivesSent
            self.lastLocalStreamCreated = lastLocalStreamCreated
            self.lastRemoteStreamCreated = lastRemoteStreamCreated
            self.lastMessageSent = lastMessageSent
            self.lastMessageReceived = lastMessageReceived
            self.localWindow = localWindow
            self.remoteWindow = remoteWindow
            self.options = options
            self.peerStreamsMax = peerStreamsMax
        }
    }
}

extension Channelz.SocketData: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketData"]

    package func write(to record: Record) {
        record.set(1, streamsStarted)
        record.set(2, streamsSucceeded)
        record.set(3, streamsFailed)
        record.set(4, messagesSent)
        record.set(5, messagesReceived)
        record.set(6, keepAlivesSent)
        record.set(7, lastLocalStreamCreated)
        record.set(8, lastRemoteStreamCreated)
        record.set(9, lastMessageSent)
        record.set(10, lastMessageReceived)
        record.set(11, localWindow)
        record.set(12, remoteWindow)
        record.set(13, options)
        record.set(15, peerStreamsMax)
    }

    package init(_ record: Record) {
        streamsStarted = record.get(1)
        streamsSucceeded = record.get(2)
        streamsFailed = record.get(3)
        messagesSent = record.get(4)
        messagesReceived = record.get(5)
        keepAlivesSent = record.get(6)
        lastLocalStreamCreated = record.get(7)
        lastRemoteStreamCreated = record.get(8)
        lastMessageSent = record.get(9)
        lastMessageReceived = record.get(10)
        localWindow = record.get(11)
        remoteWindow = record.get(12)
        options = record.list(13)
        peerStreamsMax = record.get(15)
    }
}
