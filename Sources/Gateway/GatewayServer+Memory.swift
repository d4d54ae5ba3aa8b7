internal import Base
internal import HTTP2
internal import Runtime

/// Memory that clients make us hold, and what is done when it is too much (`MemoryLedger`).
extension GatewayServer {
    /// A connection holds this much now, and held what it noted when it was last asked.
    func held(_ held: HeldBytes, by connection: GatewayConnection) {
        let isExceeded = group.changed(from: connection.noted, to: held)
        connection.noted = held
        if held.bytes > 0 { keepInCensus(connection) }
        if held.bytes > limits.connectionBytesMax { connection.shed(.memory) }
        census.noted(held.bytes)
        if held.bytes > member.largestBytes.value { member.largestBytes.set(Int64(held.bytes)) }
        if isExceeded.byOwner, let owner = held.owner { shed(of: owner) }
        if isExceeded.inAll { shedTheLargest() }
    }

    /// Ends the connections of a caller that hold the most here, where his latest bytes came to be
    /// held, until what all of his hold fits. O(connections) for each one that goes.
    private func shed(of owner: String) {
        while group.isExceeded(by: owner) {
            let his = connections.values.filter { $0.noted.owner == owner }
            guard let largest = his.max(by: { $0.noted.bytes < $1.noted.bytes }),
                largest.noted.bytes > 0
            else { return }
            largest.shed(.identityMemory)
        }
    }

    private func keepInCensus(_ connection: GatewayConnection) {
        if connection.isInCensus { return }
        connection.isInCensus = true
        census.add(connection.id)
    }

    /// Asks those that hold something once a second: it grows, and leaves, without a word.
    func takeCensus() {
        if census.isOver { census.begin() }
        for id in census.next() {
            guard let connection = connections[id] else { continue }
            connection.isInCensus = false
            connection.noteHeldBytes()
            if connection.noted.bytes == 0 { continue }
            keepInCensus(connection)
            census.noted(connection.noted.bytes)
        }
        if census.isOver { censusEnded() }
        loop.schedule(after: census.pause) { [weak self] in self?.takeCensus() }
    }

    private func censusEnded() {
        member.largestBytes.set(Int64(census.largest))
        options.census()
        metrics.heldBytes.set(Int64(group.heldBytes))
        metrics.largestOwnerBytes.set(Int64(group.largestOwnerBytes))
    }

    private func noteLargest() {
        member.largestBytes.set(Int64(largest?.noted.bytes ?? 0))
    }

    private var largest: GatewayConnection? {
        connections.values.max { $0.noted.bytes < $1.noted.bytes }
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
            guard let largest, largest.noted.bytes > 0 else { return }
            largest.shed(.memory)
        }
    }
}
