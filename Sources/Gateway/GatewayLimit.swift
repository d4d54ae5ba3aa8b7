/// The limits of the whole gateway, by the names that metrics and logs give them. A closed set.
enum GatewayLimit: String, CaseIterable {
    /// One connection more than there may be: closed at once.
    case connections
    /// One connection more than an address may have: closed at once.
    case connectionsPerAddress = "connections_per_address"
    /// Memory runs short: a new connection is closed at once.
    case memoryRefusal = "memory_refusal"
    /// A connection that did not say in time which protocol it speaks: closed.
    case handshakeTime = "handshake_time"
}
