internal import Base
internal import Runtime

/// All connections of the load, and its course:
///
///     connecting → warming → measuring → over
///                              └ at its beginning: some stop reading, churn begins, or a storm
///
/// Says `connected`, `begin` and `end` on a line of its own each when it is so far, and then
/// everything in one line of JSON.
final class Fleet: ReaderConnectionOwner {
    let options: LoadOptions
    let loop: EventLoop
    let tally = LoadTally()
    let witness = StateWitness()
    private let whenOver: (Bool) -> Void
    private var connections: [ReaderConnection] = []
    private var churn: Churn?
    private var snapshots: SnapshotRound?
    private var nextToConnect = 0
    private var connectingCount = 0
    /// Readers that are not up to date yet, for the first time or since the storm.
    private var awaited = 0
    private var begun: Instant
    private var storm: Instant?
    private var connectSeconds = 0.0
    private var stormSeconds: Double?
    private var isOver = false

    /// Calls that begin at the same time, so that the listener's queue holds their connections.
    private static let connectingMax = 200
    private static let patience = Duration.seconds(120)

    init(_ options: LoadOptions, on loop: EventLoop, whenOver: @escaping (Bool) -> Void) {
        (self.options, self.loop, self.whenOver) = (options, loop, whenOver)
        begun = Clock.now()
    }

    func start() {
        let stride = max(1, Int((1 / max(options.sampleShare, 1e-9)).rounded()))
        for index in 0..<options.connections {
            let connection = LoadConnection(
                to: options.address, on: loop, windows: options.windows)
            let readers = (0..<options.streams).map { stream in
                let place = index * options.streams + stream
                return makeReader(
                    topics(of: place), isSampled: options.sampleShare > 0 && place % stride == 0)
            }
            connections.append(ReaderConnection(connection, readers: readers, owner: self))
        }
        awaited = options.connections * options.streams
        if options.churn > 0 { churn = Churn(self) }
        if options.sampleShare > 0 { snapshots = SnapshotRound(self) }
        connectMore()
        loop.schedule(after: Self.patience) { [weak self] in self?.losePatience() }
    }

    private func topics(of place: Int) -> [String] {
        (0..<options.topicsPerStream).map {
            options.topics[(place * options.topicsPerStream + $0) % options.topics.count]
        }
    }

    func makeReader(_ topics: [String], isSampled: Bool) -> Reader {
        let rebuilds = isSampled && options.wishes.fields.isEmpty
        let followed = FollowedTopics(
            tally: tally, witness: rebuilds ? witness : nil,
            payloadBytes: options.bytes.map { $0 - Self.benchHeadBytes })
        guard options.isSession else { return Reader(topics: topics, followed: followed) }
        return SessionReader(topics: topics, followed: followed, wishes: options.wishes)
    }

    /// What `penstock bench serve` takes for the head of an update.
    private static let benchHeadBytes = 26

    private func connectMore() {
        while nextToConnect < connections.count, connectingCount < Self.connectingMax {
            connections[nextToConnect].connect()
            nextToConnect += 1
            connectingCount += options.streams
        }
    }

    // MARK: Course

    private func connected() {
        connectSeconds = (Clock.now() - begun).inSeconds
        StandardStreams.output("connected\n")
        churn?.connect()
        snapshots?.connect()
        loop.schedule(after: .seconds(options.warmSeconds)) { [self] in begin() }
    }

    private func begin() {
        begun = Clock.now()
        tally.isMeasuring = true
        StandardStreams.output("begin\n")
        let stopped = Int((Double(connections.count) * options.stoppedShare).rounded())
        for index in 0..<stopped { stop(connections[index * connections.count / stopped]) }
        churn?.begin()
        if options.isStorm { beginStorm() }
        loop.schedule(after: .seconds(options.seconds)) { [self] in
            if storm == nil { end() }
        }
    }

    private func stop(_ connection: ReaderConnection) {
        connection.stopReading()
        for reader in connection.readers { reader.isMeasured = false }
    }

    private func beginStorm() {
        storm = Clock.now()
        awaited = options.connections * options.streams
        connectingCount = 0
        for connection in connections { connection.cut() }
        loop.schedule(after: Self.patience) { [weak self] in self?.losePatience() }
    }

    private func losePatience() {
        guard awaited > 0, !isOver else { return }
        tally.fault("not_current", awaited)
        end()
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        tally.isMeasuring = false
        StandardStreams.output("end\n")
        if witness.differences > 0 { tally.fault("differences", witness.differences) }
        let seconds = (Clock.now() - begun).inSeconds
        let stopped = connections.count(where: \.isStopped)
        StandardStreams.output(
            """
            {"connections":\(connections.count),"streams":\(options.streams),\
            "stopped":\(stopped),\
            "connect_seconds":\(connectSeconds),"seconds":\(seconds),\
            "storm_seconds":\(stormSeconds.map { "\($0)" } ?? "null"),\
            \(tally.json),\(witness.json)}

            """)
        whenOver(tally.isSound)
    }

    // MARK: Readers

    func accepted(_ reader: Reader) {}

    func becameCurrent(_ reader: Reader) {
        awaited -= 1
        connectingCount -= 1
        if let storm {
            guard awaited == 0 else { return }
            stormSeconds = (Clock.now() - storm).inSeconds
            self.storm = nil
            let left = options.seconds - (Clock.now() - begun).inSeconds
            loop.schedule(after: .seconds(max(left, 1))) { [self] in end() }
        } else {
            connectMore()
            if awaited == 0 { connected() }
        }
    }

    func lost(_ reader: Reader) {
        if !isOver, reader.isMeasured { tally.fault("lost_call") }
    }

    func cutIsDone(_ connection: ReaderConnection) { connection.connect() }

    func lost(_ connection: ReaderConnection, _ reason: String) {
        guard !isOver else { return }
        // The server gives those up in the end who do not read.
        if connection.isStopped { return }
        tally.fault("lost_connection")
        StandardStreams.error("reader: \(reason)\n")
    }
}
