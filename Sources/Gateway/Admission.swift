internal import Runtime

/// Who may connect: counts connections in total and by address.
///
/// Bounds: one entry for each address that is connected, so at most `connectionsMax`.
struct Admission {
    private let connectionsMax: Int
    private let connectionsPerAddressMax: Int
    private(set) var count = 0
    private var counts: [SocketAddress: Int] = [:]

    init(_ limits: GatewayLimits) {
        connectionsMax = limits.connectionsMax
        connectionsPerAddressMax = limits.connectionsPerAddressMax
    }

    /// Counts a connection, or says which limit refuses it.
    mutating func connected(_ peer: SocketAddress, isMemoryShort: Bool) -> GatewayLimit? {
        if count >= connectionsMax { return .connections }
        if isMemoryShort { return .memoryRefusal }
        let address = Self.withoutPort(peer)
        let known = counts[address, default: 0]
        if known >= connectionsPerAddressMax { return .connectionsPerAddress }
        counts[address] = known + 1
        count += 1
        return nil
    }

    /// A connection that was counted ended.
    mutating func disconnected(_ peer: SocketAddress) {
        let address = Self.withoutPort(peer)
        guard let known = counts[address] else {
            preconditionFailure("\(address) ended, and \(count) connections do not include it")
        }
        counts[address] = known > 1 ? known - 1 : nil
        count -= 1
    }

    private static func withoutPort(_ peer: SocketAddress) -> SocketAddress {
        var address = peer
        address.port = 0
        return address
    }
}
