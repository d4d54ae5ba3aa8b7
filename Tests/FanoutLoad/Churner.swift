internal import Runtime

/// One connection that adds and ends subscriptions all the time, of one topic each: by calls that
/// it opens and cancels, or by requests in one session.
final class Churner: LoadConnectionOwner, ReaderOwner {
    /// What each holds at a time; the oldest goes when a new one comes.
    private static let heldMax = 20

    private let connection: LoadConnection
    private let makeReader: ([String]) -> Reader
    private let tally: LoadTally
    private var session: SessionReader?
    private var held: [UInt32] = []
    private var isOpen = false

    /// - Parameter isSession: whether by requests in a session.
    init(
        _ connection: LoadConnection, tally: LoadTally, session: SessionReader?,
        makeReader: @escaping ([String]) -> Reader
    ) {
        (self.connection, self.tally) = (connection, tally)
        (self.session, self.makeReader) = (session, makeReader)
        connection.owner = self
        session?.owner = self
        session?.isMeasured = false
    }

    func connect() { connection.connect() }

    func opened(_ connection: LoadConnection) {
        session?.start(on: connection)
        isOpen = true
    }

    /// Subscribes to the topic; when enough are held, the oldest ends.
    func step(_ topic: String) {
        guard isOpen else { return tally.fault("churner_closed") }
        if let session {
            held.append(session.subscribe([topic]))
        } else {
            let reader = makeReader([topic])
            reader.owner = self
            reader.isMeasured = false
            reader.start(on: connection)
            held.append(reader.number)
        }
        guard held.count > Self.heldMax else { return }
        let oldest = held.removeFirst()
        if let session { return session.unsubscribe(oldest) }
        connection.cancel(oldest)
        tally.unsubscribes += 1
    }

    func closed(_ connection: LoadConnection, wasCut: Bool, _ reason: String) {
        isOpen = false
        tally.fault("lost_connection")
        StandardStreams.error("churner: \(reason)\n")
    }

    func accepted(_ reader: Reader) { tally.answered += 1 }

    func becameCurrent(_ reader: Reader) {}

    func lost(_ reader: Reader) { tally.fault("lost_call") }
}
