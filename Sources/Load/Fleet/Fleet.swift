internal import Base
package import Runtime

/// All connections of the load, and its course:
///
///     connecting → warming → measuring → over
///                              └ at its beginning: some stop reading, churn begins, or a storm
///
/// Confined to its loop; one loop is enough for some hundred thousand updates a second.
package final class Fleet: ReaderConnectionOwner {
    let options: FleetOptions
    let loop: EventLoop
    let tally = LoadTally()
    let witness = StateWitness()
    private let report: (FleetEvent) -> Void
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

    /// - Parameter report: called on the loop, the last time with `ended`.
    package init(
        _ options: FleetOptions, on loop: EventLoop, report: @escaping (FleetEvent) -> Void
    ) {
        (self.options, self.loop, self.report) = (options, loop, report)
        begun = Clock.now()
    }

    package func start() {
        let stride = max(1, Int((1 / max(options.sampleShare, 1e-9)).rounded()))
        for index in 0..<options.connections {
            let connection = LoadConnection(
                to: options.target, on: loop, windows: options.windows)
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
        loop.schedule(after: options.patience) { [weak self] in self?.losePatience() }
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
        report(.connected)
        churn?.connect()
        snapshots?.connect()
        loop.schedule(after: .seconds(options.warmSeconds)) { [self] in begin() }
    }

    private func begin() {
        begun = Clock.now()
        tally.isMeasuring = true
        report(.began)
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

    func lostChurner(_ reason: String) {
        if isOver { return }
        tally.fault("lost_connection")
        report(.lost("churner: \(reason)"))
    }

    private func beginStorm() {
        storm = Clock.now()
        awaited = options.connections * options.streams
        connectingCount = 0
        for connection in connections { connection.cut() }
        loop.schedule(after: options.patience) { [weak self] in self?.losePatience() }
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
        if witness.differences > 0 { tally.fault("differences", witness.differences) }
        report(.ended(summary))
    }

    private var summary: FleetReport {
        var summary = FleetReport()
        (summary.connections, summary.streams) = (connections.count, options.streams)
        summary.stopped = connections.count(where: \.isStopped)
        summary.connectSeconds = connectSeconds
        summary.seconds = (Clock.now() - begun).inSeconds
        summary.stormSeconds = stormSeconds
        summary.seen = tally.seen
        (summary.subscribes, summary.answered) = (tally.subscribes, tally.answered)
        (summary.unsubscribes, summary.resumed) = (tally.unsubscribes, tally.resumed)
        summary.compared = witness.compared
        summary.comparedWithSnapshots = witness.comparedWithSnapshots
        summary.comparedWithHashes = witness.comparedWithHashes
        summary.differences = witness.differences
        summary.faults = tally.faults
        return summary
    }

    /// Every connection goes without a word. Before the end this is the end, without a report.
    package func close() {
        isOver = true
        tally.isMeasuring = false
        for connection in connections { connection.cut() }
        churn?.close()
        snapshots?.close()
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
        if isOver || !reader.isMeasured { return }
        tally.fault("lost_call")
        endUnlessConnected()
    }

    /// Who cannot begin together does not measure anything.
    private func endUnlessConnected() {
        if connectSeconds == 0 { end() }
    }

    func cutIsDone(_ connection: ReaderConnection) {
        if !isOver { connection.connect() }
    }

    func lost(_ connection: ReaderConnection, _ reason: String) {
        guard !isOver else { return }
        // The server gives those up in the end who do not read.
        if connection.isStopped { return }
        tally.fault("lost_connection")
        report(.lost("reader: \(reason)"))
        endUnlessConnected()
    }
}
