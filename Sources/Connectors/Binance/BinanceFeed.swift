package import Base
package import Core
internal import HTTP1
package import Market
package import Runtime

/// The shell of the Binance machine: sockets, requests and the clock. What the machine wants done
/// is done here, and nothing is decided here. Confined to its loop, from `init` on.
///
/// The sink is told everything during the turn in which it was received. It may demand instruments
/// from within its own methods, except from `bookChanged`, which lends the machine's own book.
package final class BinanceFeed: VenueFeed, FeedSocketOwner {
    private let loop: EventLoop
    private let configuration: BinanceConfiguration
    private let sink: any FeedSink
    private let client: HTTPClient
    private let report: BinanceReport
    private var machine: BinanceMachine
    private var actions: [FeedAction] = []
    private var sockets: [FeedSocket?] = []
    private var requests: [Int: RequestID] = [:]
    private var timer: TimerID?
    private var isStopped = false
    /// Actions wait.
    private var isHeld = false
    private var isPerforming = false
    private var socketsMade = 0

    /// Told at once when the feed is connected or not any more, after the sink.
    package var connectivityChanged: (FeedConnectivity) -> Void = { _ in }
    package private(set) var connectivity = FeedConnectivity.idle
    package private(set) var calls = FeedCalls()

    package init(
        loop: EventLoop, configuration: BinanceConfiguration, sink: any FeedSink,
        metrics: MetricRegistry = MetricRegistry()
    ) {
        loop.preconditionInLoop()
        self.loop = loop
        self.configuration = configuration
        self.sink = sink
        client = HTTPClient(loop: loop)
        report = BinanceReport(venue: configuration.venue, metrics: metrics)
        var random = SystemRandomNumberGenerator()
        machine = BinanceMachine(
            venue: configuration.venue, limits: configuration.limits, seed: random.next())
    }

    // MARK: Verbs

    /// Begins: asks for the instrument list and connects what was or will be demanded.
    package func start() {
        loop.preconditionInLoop()
        machine.start(at: Clock.now(), into: &actions)
        perform()
        noteConnectivity()
        scheduleTick()
    }

    /// Wants an instrument from now on; again is a no-op. The sink is told its handle first.
    package func demand(_ symbol: Symbol) {
        loop.preconditionInLoop()
        let known = machine.instrumentCount
        let handle = machine.demand(symbol, at: Clock.now(), into: &actions)
        if handle == known { sink.added(handle, symbol) }
        perform()
        noteConnectivity()
    }

    package func repeatBook(_ handle: Int) {
        machine.repeatBook(of: handle, into: &actions)
        perform()
    }

    package func resume(_ handle: Int, after ids: VenueIDs) {
        machine.resume(handle, after: ids, at: Clock.now(), into: &actions)
        perform()
    }

    package func status(of handle: Int, _ kind: TopicKind) -> FeedStatus {
        machine.status(of: handle, kind)
    }

    /// Ends everything: says goodbye on all connections, drops requests. The sink hears nothing
    /// more.
    package func stop() {
        loop.preconditionInLoop()
        // For good: what is still said leads to nothing.
        (isStopped, isHeld) = (true, true)
        if let timer { loop.cancel(timer) }
        timer = nil
        for socket in sockets { socket?.giveUp(code: 1000) }
        sockets = []
        for request in requests.values { client.cancel(request) }
        requests = [:]
        actions = []
    }

    /// Nothing reaches the sink or the venue until `release`: what the venue sends waits in the
    /// kernel, and what else happens leads to nothing yet.
    package func hold() {
        loop.preconditionInLoop()
        isHeld = true
        for socket in sockets { socket?.pauseReading() }
    }

    package func release() {
        loop.preconditionInLoop()
        guard !isStopped else { return }
        isHeld = false
        for socket in sockets { socket?.resumeReading() }
        perform()
        noteConnectivity()
    }

    /// One line for logs and status pages.
    package var summary: String { machine.summary }

    /// Connections that are open or being opened.
    package var socketReports: [FeedSocketReport] { sockets.compactMap { $0?.report } }

    private func noteConnectivity() {
        let present = machine.connectivity
        guard present != connectivity, !isStopped, !isHeld else { return }
        connectivity = present
        connectivityChanged(present)
    }

    private func scheduleTick() {
        timer = loop.schedule(after: configuration.tickInterval) { [weak self] in
            guard let self, !self.isStopped else { return }
            if !self.isHeld { self.tick() }
            self.scheduleTick()
        }
    }

    private func tick() {
        machine.tick(at: loop.turnInstant, into: &actions)
        perform()
        noteConnectivity()
        report.update(machine.counts)
    }

    // MARK: Doing what the machine wants

    /// Hands the data on, then does the rest. What that leads to, also by a call of the sink from
    /// within, is appended and done as well, in order.
    @inline(__always)
    private func perform() {
        if isPerforming || isHeld { return }
        isPerforming = true
        defer { isPerforming = false }
        var place = 0
        while place < actions.count {
            let action = actions[place]
            place &+= 1
            if !handOn(action) { carryOut(action) }
        }
        actions.removeAll(keepingCapacity: true)
    }

    /// What the sink is to know; false for anything else.
    private func handOn(_ action: FeedAction) -> Bool {
        let received = loop.turnTime
        switch action {
        case .tick(let handle, let tick, let sequence):
            sink.tick(
                handle, tick, venueSequence: sequence, eventTime: .unknown, receiveTime: received)
        case .trade(let handle, let trade, let time):
            sink.trade(handle, trade, eventTime: time, receiveTime: received)
        case .aggregateTrade(let handle, let trade, let time):
            sink.aggregateTrade(handle, trade, eventTime: time, receiveTime: received)
        case .book(let handle, let sequence, let time):
            machine.withBook(of: handle) { book in
                sink.bookChanged(
                    handle, book: book, venueSequence: sequence, eventTime: time,
                    receiveTime: received)
            }
        case .tradeGap(let handle, let kind, let from, let through):
            sink.tradeGap(handle, kind, from: from, through: through)
        case .status(let handle, let kind, let status, let reason):
            report.changed(machine.symbol(of: handle), kind, status, reason)
            sink.status(handle, kind, status, reason)
        case .unlisted(let handle): sink.unlisted(handle)
        case .instrumentsChanged: sink.instruments(Array(machine.symbols.instruments))
        default: return false
        }
        return true
    }

    private func carryOut(_ action: FeedAction) {
        switch action {
        case .openConnection(let number): connect(number)
        case .closeConnection(let number, let code):
            sockets[number]?.giveUp(code: code)
            sockets[number] = nil
        case .sendText(let number, let text): sockets[number]?.sendText(text)
        case .sendPong(let number, let payload): sockets[number]?.sendPong(payload)
        case .get(let number, let path): get(number, path)
        default: preconditionFailure("\(action) was handed on")
        }
    }

    private func connect(_ number: Int) {
        while sockets.count <= number { sockets.append(nil) }
        report.connecting(number, to: configuration.streams.endpoint.description)
        socketsMade += 1
        sockets[number] = FeedSocket(
            number: number, serial: socketsMade, address: configuration.streams, path: "/stream",
            limits: configuration.limits, on: loop, owner: self)
    }

    private func get(_ number: Int, _ path: String) {
        calls.started += 1
        calls.lastStarted = Clock.now()
        requests[number] = client.get(
            configuration.requests.requestURL + path, timeout: configuration.limits.requestTimeout,
            bodyBytesMax: configuration.limits.answerBytesMax
        ) { [weak self] result in
            guard let self, self.requests.removeValue(forKey: number) != nil else { return }
            self.answered(number, result)
        }
    }

    private func answered(_ number: Int, _ result: Result<HTTPResponse, HTTPClientError>) {
        let now = Clock.now()
        switch result {
        case .failure(let error):
            calls.failed += 1
            report.failed(.requestFailed, detail: error.description)
            machine.requestFailed(number, at: now, into: &actions)
        case .success(let response):
            let isGood = 200..<300 ~= response.status
            (calls.succeeded, calls.failed) = (
                calls.succeeded + (isGood ? 1 : 0), calls.failed + (isGood ? 0 : 1)
            )
            let wait = response.header("retry-after").flatMap { Int64($0) }
            let used = response.header("x-mbx-used-weight-1m").flatMap { Int($0) }
            do throws(FeedError) {
                try response.body.withRawSpan { body throws(FeedError) in
                    try machine.responded(
                        to: number, status: response.status,
                        retryAfter: wait.map { .seconds(max(0, $0)) }, usedWeight: used,
                        body: body, at: now, into: &actions)
                }
            } catch {
                report.failed(error)
            }
        }
        perform()
    }

    // MARK: The sockets' calls

    func opened(_ socket: FeedSocket) {
        guard isCurrent(socket) else { return }
        machine.connectionOpened(socket.number, at: loop.turnInstant, into: &actions)
        perform()
        noteConnectivity()
    }

    func receivedBytes(on socket: FeedSocket) {
        machine.heard(on: socket.number, at: loop.turnInstant)
    }

    func receivedText(_ text: RawSpan, on socket: FeedSocket) {
        do throws(FeedError) {
            try machine.received(
                text, on: socket.number, at: loop.turnInstant, into: &actions)
        } catch {
            report.failed(error)
        }
        perform()
    }

    func receivedBinary(on socket: FeedSocket) { report.failed(.binaryMessage) }

    func receivedPing(_ payload: RawSpan, on socket: FeedSocket) {
        machine.receivedPing(payload, on: socket.number, at: loop.turnInstant, into: &actions)
        perform()
    }

    func closed(_ socket: FeedSocket, _ reason: String) {
        guard isCurrent(socket) else { return }
        sockets[socket.number] = nil
        report.disconnected(socket.number, reason)
        machine.connectionClosed(socket.number, at: Clock.now(), into: &actions)
        perform()
        noteConnectivity()
    }

    private func isCurrent(_ socket: FeedSocket) -> Bool {
        !isStopped && sockets.indices.contains(socket.number) && sockets[socket.number] === socket
    }
}
