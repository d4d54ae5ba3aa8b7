internal import Runtime

/// Asks for the present states once a second, on a connection of its own.
final class SnapshotRound: LoadConnectionOwner {
    private unowned let fleet: Fleet
    private let connection: LoadConnection
    private let topics: [String]
    private var isClosed = false

    /// Topics asked for; the sample has hardly more.
    private static let topicsMax = 100

    /// Nil: no topic has a state.
    init?(_ fleet: Fleet) {
        self.fleet = fleet
        topics = Array(
            fleet.options.topics.filter { $0.hasPrefix("tick:") || $0.hasPrefix("book:") }
                .prefix(Self.topicsMax))
        if topics.isEmpty { return nil }
        connection = LoadConnection(
            to: fleet.options.target, on: fleet.loop, windows: LoadConnection.Windows())
        connection.owner = self
    }

    func connect() { connection.connect() }

    func opened(_ connection: LoadConnection) { ask() }

    func close() {
        isClosed = true
        connection.cut()
    }

    private func ask() {
        if isClosed { return }
        SnapshotCall(topics: topics, tally: fleet.tally, witness: fleet.witness)
            .start(on: connection)
        fleet.loop.schedule(after: .seconds(1)) { [weak self] in self?.ask() }
    }

    func closed(_ connection: LoadConnection, wasCut: Bool, _ reason: String) {}
}
