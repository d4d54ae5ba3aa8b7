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
        // It ends, and with it what it holds.
        if held.bytes > limits.connectionBytesMax { return connection.shed(.memory) }
        census.noted(held.bytes)
        if held.bytes > member.largestBytes.value { member.largestBytes.set(Int64(held.bytes)) }
        if isExceeded.byOwner, let owner = held.owner { exceededOwners.insert(owner) }
        if isExceeded.inAll || !exceededOwners.isEmpty { shedSoon() }
    }

    // MARK: Census

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

    // MARK: Shedding

    /// In the next turn, once for all that comes to light in this one: it looks at all connections.
    private func shedSoon() {
        if isShedding { return }
        isShedding = true
        loop.schedule(after: .zero) { [weak self] in self?.shed() }
    }

    private func shed() {
        let owners = exceededOwners
        exceededOwners = []
        for owner in owners { shed(of: owner) }
        shedTheLargest()
        isShedding = false
        if !exceededOwners.isEmpty { shedSoon() }
    }

    /// Ends the connections of a caller that hold the most here, where his latest bytes came to be
    /// held, until what all of his hold fits.
    private func shed(of owner: String) {
        guard group.isExceeded(by: owner) else { return }
        var his = holders { $0.noted.owner == owner }
        while group.isExceeded(by: owner), let largest = his.popLast() {
            largest.shed(.identityMemory)
        }
    }

    /// Ends the connections that hold the most, here, until the largest one is on another loop,
    /// which then goes on. Rare, and each that goes frees what is most worth it.
    func shedTheLargest() {
        guard group.isExceeded else { return }
        var all = holders { _ in true }
        while group.isExceeded {
            member.largestBytes.set(Int64(all.last?.noted.bytes ?? 0))
            let worst = group.members.max { $0.largestBytes.value < $1.largestBytes.value }
            if let worst, worst.loop !== loop {
                let server = worst.server
                return worst.loop.execute { server.open()?.shedTheLargest() }
            }
            guard let largest = all.popLast() else { return }
            largest.shed(.memory)
        }
    }

    /// Those that hold something, the largest last. Asked again: what was noted may have left.
    private func holders(_ isMeant: (GatewayConnection) -> Bool) -> [GatewayConnection] {
        let noted = connections.values.filter { $0.noted.bytes > 0 && isMeant($0) }
        for connection in noted { connection.noteHeldBytes() }
        return noted.filter { $0.noted.bytes > 0 }.sorted { $0.noted.bytes < $1.noted.bytes }
    }
}
