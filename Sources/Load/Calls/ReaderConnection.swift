internal import Runtime

/// What a reader's connection tells the fleet.
protocol ReaderConnectionOwner: ReaderOwner {
    func lost(_ connection: ReaderConnection, _ reason: String)
    func cutIsDone(_ connection: ReaderConnection)
}

/// A connection and the readers on it, which come back from their positions after a cut.
final class ReaderConnection: LoadConnectionOwner {
    let readers: [Reader]
    private let connection: LoadConnection
    private weak var owner: (any ReaderConnectionOwner)?
    private(set) var isStopped = false

    init(_ connection: LoadConnection, readers: [Reader], owner: any ReaderConnectionOwner) {
        (self.connection, self.readers, self.owner) = (connection, readers, owner)
        connection.owner = self
        for reader in readers { reader.owner = owner }
    }

    func connect() { connection.connect() }

    func cut() { connection.cut() }

    /// For ever.
    func stopReading() {
        isStopped = true
        connection.stopReading()
    }

    func opened(_ connection: LoadConnection) {
        for reader in readers { reader.start(on: connection) }
    }

    func closed(_ connection: LoadConnection, wasCut: Bool, _ reason: String) {
        if wasCut { owner?.cutIsDone(self) } else { owner?.lost(self, reason) }
    }
}
