internal import Base
internal import Runtime

/// Memory that clients make us hold, and what is done when it is too much (`MemoryLedger`).
extension GatewayServer {
    /// A connection holds this much now, and held that much when it was last asked.
    func held(_ bytes: Int, by connection: GatewayConnection) {
        ledger.changed(from: connection.notedBytes, to: bytes)
        connection.notedBytes = bytes
        if bytes > limits.connectionBytesMax { connection.shed() }
        if ledger.isExceeded { shedTheLargest() }
    }

    /// Asks every connection once a second: what topics send grows without anybody being told.
    func takeCensus() {
        for connection in connections.values { connection.noteHeldBytes() }
        metrics.heldBytes.set(Int64(ledger.total))
        loop.schedule(after: Self.censusInterval) { [weak self] in self?.takeCensus() }
    }

    private static let censusInterval = Duration.seconds(1)

    /// O(connections) for each one that goes; rare, and each frees what is most worth it.
    private func shedTheLargest() {
        guard !isShedding else { return }
        isShedding = true
        defer { isShedding = false }
        while ledger.isExceeded,
            let largest = connections.values.max(by: { $0.notedBytes < $1.notedBytes }),
            largest.notedBytes > 0
        {
            largest.shed()
        }
    }
}
