extension Channelz {
    /// struct tcp_info of Linux, its members in the order of their field numbers. Times of the
    /// round trip are in microseconds, those since the last segment in milliseconds.
    package struct TCPInformation: Equatable, Sendable {
        package static let memberCount = 29

        /// Member i is field i + 1; what is absent or left out is nil.
        package var members: [UInt32?]

        package init(members: [UInt32?] = []) {
            let missing = Self.memberCount - members.count
            precondition(missing >= 0, "\(members.count) members; there are \(Self.memberCount)")
            self.members = members + Array(repeating: nil, count: missing)
        }
    }
}

extension Channelz.TCPInformation: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.SocketOptionTcpInfo"]

    package func write(to record: Record) {
        for (index, member) in members.enumerated() { record.set(index + 1, member) }
    }

    package init(_ record: Record) {
        members = (1...Self.memberCount).map { record.get($0) }
    }
}
