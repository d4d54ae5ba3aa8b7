extension Channelz {
    /// One server of the process.
    package struct Server: Equatable, Sendable {
        package var reference: ServerReference?
        package var data: ServerData?
        /// What it listens on.
        package var listeners: [SocketReference]

        package init(
            reference: ServerReference? = nil,
            data: ServerData? = nil,
            listeners: [SocketReference] = []
        ) {
            self.reference = reference
            self.data = data
            self.listeners = listeners
        }
    }

    /// What is known about a server.
    package struct ServerData: Equatable, Sendable {
        package var trace: ChannelTrace?
        package var callsStarted: Int64?
        /// Ended with OK.
        package var callsSucceeded: Int64?
        /// Ended with any other status.
        package var callsFailed: Int64?
        package var lastCallStarted: TimestampMessage?

        package init(
            trace: ChannelTrace? = nil,
            callsStarted: Int64? = nil,
            callsSucceeded: Int64? = nil,
            callsFailed: Int64? = nil,
            lastCallStarted: TimestampMessage? = nil
        ) {
            self.trace = trace
            self.callsStarted = callsStarted
            self.callsSucceeded = callsSucceeded
            self.callsFailed = callsFailed
            self.lastCallStarted = lastCallStarted
        }
    }
}

extension Channelz.Server: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Server"]

    package func write(to record: Record) {
        record.set(1, reference)
        record.set(2, data)
        record.set(3, listeners)
    }

    package init(_ record: Record) {
        reference = record.get(1)
        data = record.get(2)
        listeners = record.list(3)
    }
}

extension Channelz.ServerData: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ServerData"]

    package func write(to record: Record) {
        record.set(1, trace)
        record.set(2, callsStarted)
        record.set(3, callsSucceeded)
        record.set(4, callsFailed)
        record.set(5, lastCallStarted)
    }

    package init(_ record: Record) {
        trace = record.get(1)
        callsStarted = record.get(2)
        callsSucceeded = record.get(3)
        callsFailed = record.get(4)
        lastCallStarted = record.get(5)
    }
}
