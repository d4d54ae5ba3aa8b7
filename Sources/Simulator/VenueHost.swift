internal import Base
internal import Runtime

/// One venue on the simulator's loop: turns timers and sockets into calls of its player.
///
/// The player decides; this only owns the timer, the streams to flush and the line at the end.
final class VenueHost {
    let venue: SimulatedVenue
    let player: TapePlayer
    let rest: VenueREST
    private let loop: EventLoop
    private let seed: UInt64
    private let faults: [Fault]
    private let started: Instant
    private let finished: (String) -> Void
    private var connectionCount: UInt64 = 0
    private var connections: [ObjectIdentifier: SimulatorConnection] = [:]
    private var timer: TimerID?
    private var isInNextTurn = false
    private var hasReported = false

    init(
        venue: SimulatedVenue, source: any MarketSource, configuration: SimulatorConfiguration,
        loop: EventLoop, finished: @escaping (String) -> Void
    ) {
        self.venue = venue
        self.loop = loop
        self.finished = finished
        seed = configuration.seed
        faults = configuration.faults
        started = Clock.now()
        player = TapePlayer(
            source: source, speed: configuration.speed, startAfter: configuration.startAfter)
        rest = VenueREST(
            venue: venue, player: player, hasLimits: configuration.speed != .maximum,
            faults: FaultMachine(faults: configuration.faults, seed: seed, connection: 0))
    }

    /// How many seconds of tape time pass in one second.
    var rate: Double {
        if case .times(let factor) = player.machine.speed { factor } else { 1 }
    }

    var hasLimits: Bool { player.machine.speed != .maximum }

    /// Tape time for the limits, which also count while the tape has not begun.
    func limitTime(now: Instant) -> Int64 { Int64((now - started).inSeconds * rate * 1e9) }

    func makeReader(isCombined: Bool, stream: ByteStream) -> TapeReader {
        connectionCount += 1
        return TapeReader(
            streams: player.source.catalog.streams.count, isCombined: isCombined,
            faults: FaultMachine(faults: faults, seed: seed, connection: connectionCount),
            output: stream.output)
    }

    func add(_ connection: SimulatorConnection, _ reader: TapeReader) {
        connections[ObjectIdentifier(connection)] = connection
        player.add(reader)
    }

    func remove(_ connection: SimulatorConnection, _ reader: TapeReader) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        player.remove(reader)
        // Whoever held the others up may have been this one.
        continueSoon()
    }

    /// Plays what is due and arranges the next time.
    func pump() {
        if let timer { loop.cancel(timer) }
        timer = nil
        let next = player.advance(now: Clock.now())
        for connection in connections.values { connection.readerAdvanced() }
        switch next {
        case .idle: break
        case .nextTurn: continueSoon()
        case .whenOutputLeaves:
            // A blocked stream reports when it is writable again; one that is not will be empty
            // after this turn's flush.
            if !connections.values.contains(where: \.isBlocked) { continueSoon() }
        case .at(let instant):
            timer = loop.schedule(after: max(instant - Clock.now(), .milliseconds(1))) {
                [weak self] in
                self?.timer = nil
                self?.pump()
            }
        }
        if player.isFinished, !hasReported {
            hasReported = true
            finished("finished venue=\(venue.rawValue) messages=\(player.position)")
        }
    }

    /// Pumps in the next turn of the loop: after the sockets of this one have been flushed.
    func continueSoon() {
        if isInNextTurn { return }
        isInNextTurn = true
        let host = Confined(self, to: loop)
        loop.execute {
            let host = host.open()
            host.isInNextTurn = false
            host.pump()
        }
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
        for connection in connections.values { connection.stop() }
    }
}
