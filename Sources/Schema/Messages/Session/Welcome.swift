/// The session is open.
package struct Welcome: Equatable, Sendable {
    package var session: UInt64?
    /// Another one after each start of the server.
    package var server: UInt64?
    /// Nanoseconds since 1970.
    package var serverStartTime: UInt64?
    package var protocolVersion: UInt32?
    package var heartbeatMilliseconds: UInt32?
    package var limits: Limits?
    package var restored: [SubscriptionAnswer]
    package var tokenRefused: Refusal?

    package init(
        session: UInt64? = nil, server: UInt64? = nil, serverStartTime: UInt64? = nil,
        protocolVersion: UInt32? = nil, heartbeatMilliseconds: UInt32? = nil,
        limits: Limits? = nil, restored: [SubscriptionAnswer] = [], tokenRefused: Refusal? = nil
    ) {
        self.session = session
        self.server = server
        self.serverStartTime = serverStartTime
        self.protocolVersion = protocolVersion
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.limits = limits
        self.restored = restored
        self.tokenRefused = tokenRefused
    }
}

extension Welcome: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Welcome"]

    package func write(to record: Record) {
        record.set(1, session)
        record.set(2, server)
        record.set(3, serverStartTime)
        record.set(4, protocolVersion)
        record.set(5, heartbeatMilliseconds)
        record.set(6, limits)
        record.set(7, restored)
        record.set(8, tokenRefused)
    }

    package init(_ record: Record) {
        session = record.get(1)
        server = record.get(2)
        serverStartTime = record.get(3)
        protocolVersion = record.get(4)
        heartbeatMilliseconds = record.get(5)
        limits = record.get(6)
        restored = record.list(7)
        tokenRefused = record.get(8)
    }
}
