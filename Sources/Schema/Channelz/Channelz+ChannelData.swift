extension Channelz {
    package enum ConnectivityState: Int32, Sendable {
        case unknown
        /// Not asked to connect.
        case idle
        case connecting
        /// Connected and alive.
        case ready
        /// Lost or silent; will be tried again.
        case transientFailure
        case shutdown
    }

    /// What is known about a channel.
    package struct ChannelData: Equatable, Sendable {
        package var connectivity: Connectivity?
        /// As it was configured.
        package var target: String?
        package var trace: ChannelTrace?
        package var callsStarted: Int64?
        /// Ended with OK.
        package var callsSucceeded: Int64?
        /// Ended with any other status.
        package var callsFailed: Int64?
        package var lastCallStarted: TimestampMessage?

        package init(
            connectivity: Connectivity? = nil,
            target: String? = nil,
            trace: ChannelTrace? = nil,
            callsStarted: Int64? = nil,
            callsSucceeded: Int64? = nil,
            callsFailed: Int64? = nil,
            lastCallStarted: TimestampMessage? = nil
        ) {
            self.connectivity = connectivity
            self.target = target
            self.trace = trace
            self.callsStarted = callsStarted
            self.callsSucceeded = callsSucceeded
            self.callsFailed = callsFailed
            self.lastCallStarted = lastCallStarted
        }
    }

    /// Whether a channel is connected.
    package struct Connectivity: Equatable, Sendable {
        package var state: ConnectivityState?

        package init(state: ConnectivityState? = nil) {
            self.state = state
        }
    }
}

extension Channelz.ChannelData: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ChannelData"]

    package func write(to record: Record) {
        record.set(1, connectivity)
        record.set(2, target)
        record.set(3, trace)
        record.set(4, callsStarted)
        record.set(5, callsSucceeded)
        record.set(6, callsFailed)
        record.set(7, lastCallStarted)
    }

    package init(_ record: Record) {
        connectivity = record.get(1)
        target = record.get(2)
        trace = record.get(3)
        callsStarted = record.get(4)
        callsSucceeded = record.get(5)
        callsFailed = record.get(6)
        lastCallStarted = record.get(7)
    }
}

extension Channelz.Connectivity: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ChannelConnectivityState"]

    package func write(to record: Record) {
        record.set(1, state)
    }

    package init(_ record: Record) {
        state = record.get(1)
    }
}
