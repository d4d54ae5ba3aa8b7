extension Channelz {
    /// One connection, or a listening socket.
    package struct Socket: Equatable, Sendable {
        package var reference: SocketReference?
        package var data: SocketData?
        package var local: Address?
        /// Absent for a listening socket.
        package var remote: Address?
        /// Absent without TLS.
        package var security: Security?
        /// Where it differs from the target.
        package var remoteName: String?

        package init(
            reference: SocketReference? = nil,
            data: SocketData? = nil,
            local: Address? = nil,
            remote: Address? = nil,
            security: Security? = nil,
            remoteName: String? = nil
        ) {
            self.reference = reference
            self.data = data
            self.local = local
            self.remote = remote
            self.security = security
            self.remoteName = remoteName
        }
    }
}

extension Channelz.Socket: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.Socket"]

    package func write(to record: Record) {
        record.set(1, reference)
        record.set(2, data)
        record.set(3, local)
        record.set(4, remote)
        record.set(5, security)
        record.set(6, remoteName)
    }

    package init(_ record: Record) {
        reference = record.get(1)
        data = record.get(2)
        local = record.get(3)
        remote = record.get(4)
        security = record.get(5)
        remoteName = record.get(6)
    }
}
