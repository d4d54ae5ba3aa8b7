extension Channelz {
    /// As getsockopt() returns it.
    package struct SocketOption: Equatable, Sendable {
        /// Such as "TCP_NODELAY".
        package var name: String?
        package var value: String?
        package var additional: AnyMessage?

        package init(
            name: String? = nil,
            value: String? = nil,
            additional: AnyMessage? = nil
        ) {
            self.name = name
            self.value = value
            self.additional = additional
        }
    }

    /// A time-out, or none.
    package struct SocketOptionTimeout: Equatable, Sendable {
        package var duration: DurationMessage?

        package init(duration: DurationMessage? = nil) {
            self.duration = duration
        }
    }

    /// What close() waits for.
    package struct SocketOptionLinger: Equatable, Sendable {
        package var isActive: Bool?
        package var duration: DurationMessage?

        package init(isActive: Bool? = nil, duration: DurationMessage? = nil) {
            self.isActive = isActive
            self.duration = duration
        }
    }
}

extension Channelz.SocketOption: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketOption"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, value)
        record.set(3, additional)
    }

    package init(_ record: Record) {
        name = record.get(1)
        value = record.get(2)
        additional = record.get(3)
    }
}

extension Channelz.SocketOptionTimeout: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketOptionTimeout"]

    package func write(to record: Record) {
        record.set(1, duration)
    }

    package init(_ record: Record) {
        duration = record.get(1)
    }
}

extension Channelz.SocketOptionLinger: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketOptionLinger"]

    package func write(to record: Record) {
        record.set(1, isActive)
        record.set(2, duration)
    }

    package init(_ record: Record) {
        isActive = record.get(1)
        duration = record.get(2)
    }
}
