extension Channelz {
    /// One end of a connection.
    package enum Address: Equatable, Sendable {
        case tcp(TCPAddress)
        case unix(UnixAddress)
        case other(OtherAddress)
        /// Of a kind that this version does not know.
        case unknown
    }

    /// Address and port.
    package struct TCPAddress: Equatable, Sendable {
        /// 4 or 16 of them.
        package var bytes: [UInt8]?
        /// -1 where there is none.
        package var port: Int32?

        package init(bytes: [UInt8]? = nil, port: Int32? = nil) {
            self.bytes = bytes
            self.port = port
        }
    }

    /// A socket in the file system.
    package struct UnixAddress: Equatable, Sendable {
        package var path: String?

        package init(path: String? = nil) {
            self.path = path
        }
    }

    /// An address that is told as text.
    package struct OtherAddress: Equatable, Sendable {
        package var name: String?
        package var value: AnyMessage?

        package init(name: String? = nil, value: AnyMessage? = nil) {
            self.name = name
            self.value = value
        }
    }
}

extension Channelz.Address: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Address"]

    package func write(to record: Record) {
        switch self {
        case .tcp(let address): record.set(1, Optional(address))
        case .unix(let address): record.set(2, Optional(address))
        case .other(let address): record.set(3, Optional(address))
        case .unknown: break
        }
    }

    package init(_ record: Record) {
        if let address: Channelz.TCPAddress = record.get(1) {
            self = .tcp(address)
        } else if let address: Channelz.UnixAddress = record.get(2) {
            self = .unix(address)
        } else if let address: Channelz.OtherAddress = record.get(3) {
            self = .other(address)
        } else {
            self = .unknown
        }
    }
}

extension Channelz.TCPAddress: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Address.TcpIpAddress"]

    package func write(to record: Record) {
        record.set(1, bytes)
        record.set(2, port)
    }

    package init(_ record: Record) {
        bytes = record.get(1)
        port = record.get(2)
    }
}

extension Channelz.UnixAddress: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Address.UdsAddress"]

    package func write(to record: Record) {
        record.set(1, path)
    }

    package init(_ record: Record) {
        path = record.get(1)
    }
}

extension Channelz.OtherAddress: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Address.OtherAddress"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, value)
    }

    package init(_ record: Record) {
        name = record.get(1)
        value = record.get(2)
    }
}
