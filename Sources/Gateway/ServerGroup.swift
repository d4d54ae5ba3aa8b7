internal import Base
internal import Runtime

/// What the servers of all loops of one port count together, and the way from one to another. The
/// first one, at the door, accepts; connections are dealt to whoever has the fewest.
package final class ServerGroup: Sendable {
    struct Member: Sendable {
        let server: WeaklyConfined<GatewayServer>
        /// Connections, also those under way to it.
        let connections = Gauge()
        /// What the connection holds that holds the most there: at least since the last census.
        let largestBytes = Gauge()
        var loop: EventLoop { server.loop }
    }

    private struct State {
        var admission: Admission
        var ledger: MemoryLedger
        var linesAboutLimits = LogPacer()
        var lastIdentifier: Int64 = 0
        var members: [Member] = []
    }

    private let state: Locked<State>

    package init(_ limits: GatewayLimits) {
        state = Locked(
            State(
                admission: Admission(limits),
                ledger: MemoryLedger(
                    ceiling: limits.memoryBytesMax, ownerCeiling: limits.identityBytesMax)))
    }

    /// Numbers of channels, servers and sockets for channelz: positive, unlike any other of the
    /// process, never used again.
    func nextIdentifier() -> Int64 {
        state.withLock { state in
            state.lastIdentifier += 1
            return state.lastIdentifier
        }
    }

    // MARK: Members

    var members: [Member] { state.withLock { $0.members } }

    /// Returns the place of the new member; 0 is at the door.
    func join(_ server: GatewayServer, on loop: EventLoop) -> Int {
        let member = Member(server: WeaklyConfined(server, to: loop))
        return state.withLock { state in
            state.members.append(member)
            return state.members.count - 1
        }
    }

    /// Whoever has the fewest connections, the first of several.
    func leastLoaded() -> Member {
        let members = members
        return members.dropFirst().reduce(members[0]) { best, next in
            next.connections.value < best.connections.value ? next : best
        }
    }

    /// Runs `work` with every member but one, each on its loop.
    func tellOthers(
        than place: Int, _ work: @escaping @Sendable (GatewayServer) -> Void
    ) {
        for (index, member) in members.enumerated() where index != place {
            member.loop.execute { if let server = member.server.open() { work(server) } }
        }
    }

    /// Asks every member, each on its loop, and hands the answers to `then` on `loop`, in the order
    /// of the members. With one member all of it happens at once.
    func ask<Answer: Sendable>(
        from loop: EventLoop, _ question: @escaping @Sendable (GatewayServer) -> Answer,
        then: @escaping ([Answer]) -> Void
    ) {
        let members = members
        let answers = Confined(AnswerList<Answer>(count: members.count, then), to: loop)
        for (index, member) in members.enumerated() {
            if member.loop === loop {
                answers.open().add(member.server.open().map(question), at: index)
                continue
            }
            member.loop.execute {
                let answer = member.server.open().map(question)
                loop.execute { answers.open().add(answer, at: index) }
            }
        }
    }

    // MARK: Counts

    /// Counts a connection, or says which limit refuses it.
    func connected(_ peer: SocketAddress) -> GatewayLimit? {
        state.withLock { state in
            state.admission.connected(
                peer, isMemoryShort: state.ledger.refusesConnections)
        }
    }

    func disconnected(_ peer: SocketAddress) {
        state.withLock { $0.admission.disconnected(peer) }
    }

    /// Whether a line about a limit that this peer reached may be written now.
    func allowsLine(about peer: SocketAddress, now: Instant) -> Bool {
        state.withLock { $0.linesAboutLimits.allows(peer.host, now: now) }
    }

    var heldBytes: Int { state.withLock { $0.ledger.total } }

    var isExceeded: Bool { state.withLock { $0.ledger.isExceeded } }

    func isExceeded(by owner: String) -> Bool {
        state.withLock { $0.ledger.isExceeded(by: owner) }
    }

    var largestOwnerBytes: Int { state.withLock { $0.ledger.largestOwnerBytes } }

    /// One connection holds other bytes than before. Says whether its caller's connections hold too
    /// much, and whether all do.
    @discardableResult
    func changed(from old: HeldBytes, to new: HeldBytes) -> (byOwner: Bool, inAll: Bool) {
        state.withLock { state in
            state.ledger.changed(from: old, to: new)
            let byOwner = new.owner.map { state.ledger.isExceeded(by: $0) } ?? false
            return (byOwner, state.ledger.isExceeded)
        }
    }
}

/// Answers as they come in from several loops. Confined to the loop that asked.
private final class AnswerList<Answer> {
    private var answers: [Answer?]
    private var missing: Int
    private let then: ([Answer]) -> Void

    init(count: Int, _ then: @escaping ([Answer]) -> Void) {
        answers = Array(repeating: nil, count: count)
        missing = count
        self.then = then
    }

    /// Nil: whoever was asked is gone.
    func add(_ answer: Answer?, at index: Int) {
        answers[index] = answer
        missing -= 1
        if missing == 0 { then(answers.compactMap(\.self)) }
    }
}
