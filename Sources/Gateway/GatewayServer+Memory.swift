internal import Base
internal import Runtime

/// Memory that clients make us hold, and what is done when it is too much (`MemoryLedger`).
extension GatewayServer {
    /// A connection holds this much now, and held that much when it was last asked.
    func held(_ bytes: Int, by connection: GatewayConnection) {
        let isExceeded = group.changed(from: connection.notedBytes, to: bytes)
        connection.notedBytes = bytes
        if bytes > limits.connectionBytesMax { connection.shed() }
        if bytes > member.largestBytes.value { member.largestBytes.set(Int64(bytes)) }
        if isExceeded { shedTheLargest() }
    }

    /// Asks every connection once a second: what topics send grows without anybody being told.
    func takeCensus() {
        for connection in connections.values { connection.noteHeldBytes() }
        noteLargest()
        options.census()
        metrics.heldBytes.set(Int64(group.heldBytes))
        loop.schedule(after: Self.censusInterval) { [weak self] in self?.takeCensus() }
    }

    private static let censusInterval = Duration.seconds(1)

    private func noteLargest() {
        member.largestBytes.set(Int64(largest?.notedBytes ?? 0))
    }

    private var largest: GatewayConnection? {
        connections.values.max { $0.notedBytes < $1.notedBytes }
    }

    /// Ends the connections that hold the most, here, until the largest one is on another loop,
    /// which then goes on. O(connections) for each one that goes; rare, and each frees what is most
    /// worth it.
    func shedTheLargest() {
        guard !isShedding else { return }
        isShedding = true
        defer { isShedding = false }
        while group.isExceeded {
            noteLargest()
            let worst = group.members.max { $0.largestBytes.value < $1.largestBytes.value }
            if let worst, worst.loop !== loop {
                let server = worst.server
                return worst.loop.execute { server.open()?.shedTheLargest() }
            }
            guard let largest, largest.notedBytes > 0 else { return }
            largest.shed()
        }
    }
}
