/// Opens a session.
package struct Hello: Equatable, Sendable {
    /// 1 is the only one there is.
    package var protocolVersion: UInt32?
    /// Name and version, for the operator's lists.
    package var client: String?
    package var heartbeatMilliseconds: UInt32?
    package var resumeToken: [UInt8]?

    package init(
        protocolVersion: UInt32? = nil, client: String? = nil,
        heartbeatMilliseconds: UInt32? = nil, resumeToken: [UInt8]? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.client = client
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.resumeToken = resumeToken
    }
}

extension Hello: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Hello"]

    package func write(to record: Record) {
        record.set(1, protocolVersion)
        record.set(2, client)
        record.set(3, heartbeatMilliseconds)
        record.set(4, resumeToken)
    }

    package init(_ record: Record) {
        protocolVersion = record.get(1)
        client = record.get(2)
        heartbeatMilliseconds = record.get(3)
        resumeToken = record.get(4)
    }
}
