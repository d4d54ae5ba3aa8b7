internal import Runtime

/// One connection that adds and ends subscriptions all the time, of one topic each: by calls that
/// it opens and cancels, or by requests in one session.
final class Churner: LoadConnectionOwner, ReaderOwner {
    private let topics: [String]
    private var next: Int
    /// What it holds at a time; the oldest goes when a new one comes.
    private let heldMax: Int

    private let connection: LoadConnection
    private let makeReader: ([String]) -> Reader
    private unowned let fleet: Fleet
    private var tally: LoadTally { fleet.tally }
    private var session: SessionReader?
    private var held: [UInt32] = []
    private var isOpen = false

    /// - Parameters:
    ///   - first: which of the topics it begins with; then it takes one after another.
    ///   - session: by requests in which it comes and goes; nil: by calls.
    init(
        _ connection: LoadConnection, topics: [String], first: Int, fleet: Fleet,
        session: SessionReader?,
        makeReader: @escaping ([String]) -> Reader
    ) {
        (self.connection, self.fleet) = (connection, fleet)
        (self.topics, next) = (topics, first)
        // A session has each topic at most once.
        heldMax = min(20, topics.count - 1)
        (self.session, self.makeReader) = (session, makeReader)
        connection.owner = self
        session?.owner = self
        session?.isMeasured = false
    }

    func connect() { connection.connect() }

    func close() { connection.cut() }

    func opened(_ connection: LoadConnection) {
        session?.start(on: connection)
        isOpen = true
    }

    /// Subscribes to the next topic; when enough are held, the oldest ends first.
    func step() {
        guard isOpen else { return tally.fault("churner_closed") }
        if held.count >= heldMax { endOldest() }
        let topic = topics[next % topics.count]
        next += 1
        if let session {
            held.append(session.subscribe([topic]))
        } else {
            let reader = makeReader([topic])
            reader.owner = self
            reader.isMeasured = false
            reader.start(on: connection)
            held.append(reader.number)
        }
    }

    private func endOldest() {
        guard !held.isEmpty else { return }
        let oldest = held.removeFirst()
        if let session { return session.unsubscribe(oldest) }
        connection.cancel(oldest)
        tally.unsubscribes += 1
    }

    func closed(_ connection: LoadConnection, wasCut: Bool, _ reason: String) {
        isOpen = false
        fleet.lostChurner(reason)
    }

    func accepted(_ reader: Reader) { tally.answered += 1 }

    func becameCurrent(_ reader: Reader) {}

    func lost(_ reader: Reader) { tally.fault("lost_call") }
}
