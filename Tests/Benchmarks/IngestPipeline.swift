import Base
import Connectors
import Core
import Market
import Runtime
import Schema
import WebSocket

/// Everything between a venue's socket and its topics, as the gateway has it, in one thread and
/// without the socket: WebSocket frames, Binance's machine, the bridge, the hub.
final class IngestPipeline: VenueFeed {
    let hub: Hub
    let turn = BenchmarkTurn()
    private let bridge: VenueBridge
    private var machine = BinanceMachine(venue: "binance", seed: 1)
    private var socket = WebSocketMachine(
        role: .client, limits: WebSocketLimits(messageBytesMax: 4 << 20), answersPings: false)
    private let answers = OutputBuffer()
    private var actions: [FeedAction] = []
    private var now = Instant(nanoseconds: 1)
    private var turnTime = Timestamp.unknown
    /// The depth request under way.
    private var request: Int?

    static let symbol = Symbol("BTC/USDT")!

    init() {
        hub = Hub(turn: turn, metrics: MetricRegistry())
        bridge = VenueBridge(venue: "binance", hub: hub)
        bridge.attach(self)
        hub.register(bridge)
        _ = topic("book")
        machine.connectionOpened(0, at: now, into: &actions)
        perform()
        // The venue confirms the machine's first SUBSCRIBE.
        Array(#"{"result":null,"id":1}"#.utf8).withRawSpan { received($0) }
        endTurn()
    }

    func topic(_ kind: String) -> Topic {
        do {
            return try hub.topic(named: "\(kind):binance:\(Self.symbol)")
        } catch {
            preconditionFailure("\(kind): \(error)")
        }
    }

    // MARK: What the bench feeds

    /// Bytes as they were read from the socket. The turn they belong to is still to be ended.
    func read(_ bytes: RawSpan) {
        now.nanoseconds += 100_000
        turnTime = Clock.timestamp()
        do throws(WebSocketError) {
            try socket.receive(bytes, answers: answers) { event, payload in
                if case .text = event { received(payload) }
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }

    func endTurn() { turn.end() }

    /// The answer to the machine's depth request.
    func answer(_ body: [UInt8]) {
        guard let request else { preconditionFailure("no snapshot was asked for") }
        self.request = nil
        do throws(FeedError) {
            try body.withRawSpan { body throws(FeedError) in
                try machine.responded(
                    to: request, status: 200, retryAfter: nil, usedWeight: nil, body: body,
                    at: now, into: &actions)
            }
        } catch {
            preconditionFailure("\(error)")
        }
        perform()
        endTurn()
    }

    /// Feeds what came up to the snapshot, and the snapshot.
    func begin(_ recording: BinanceRecording) {
        for frame in 0..<recording.framesBeforeSnapshot {
            read(recording.bytes.span.bytes.extracting(recording.range(frame)))
        }
        endTurn()
        answer(recording.snapshot)
    }

    /// Stops the process if the book is not the recording's at its end.
    func expectEnd(of recording: BinanceRecording) {
        let book = topic("book")
        guard let book = book as? BookTopic, book.status == .live,
            book.snapshot().venueSequence == recording.lastUpdateID
        else { preconditionFailure("the book is not the recorded one: \(machine.summary)") }
    }

    // MARK: What the feed's shell does

    private func received(_ text: RawSpan) {
        do throws(FeedError) {
            try machine.received(text, on: 0, at: now, into: &actions)
        } catch {
            preconditionFailure("\(error)")
        }
        perform()
    }

    func demand(_ symbol: Symbol) {
        bridge.added(machine.demand(symbol, at: now, into: &actions), symbol)
        perform()
    }

    func repeatBook(_ handle: Int) {
        machine.repeatBook(of: handle, into: &actions)
        perform()
    }

    func resume(_ handle: Int, after ids: VenueIDs) {
        machine.resume(handle, after: ids, at: Clock.now(), into: &actions)
        perform()
    }

    func status(of handle: Int, _ kind: TopicKind) -> FeedStatus {
        machine.status(of: handle, kind)
    }

    private func perform() {
        for action in actions { handOn(action) }
        actions.removeAll(keepingCapacity: true)
    }

    private func handOn(_ action: FeedAction) {
        switch action {
        case .tick(let handle, let tick, let sequence):
            bridge.tick(
                handle, tick, venueSequence: sequence, eventTime: .unknown, receiveTime: turnTime)
        case .trade(let handle, let trade, let time):
            bridge.trade(handle, trade, eventTime: time, receiveTime: turnTime)
        case .aggregateTrade(let handle, let trade, let time):
            bridge.aggregateTrade(handle, trade, eventTime: time, receiveTime: turnTime)
        case .book(let handle, let sequence, let time):
            machine.withBook(of: handle) { book in
                bridge.bookChanged(
                    handle, book: book, venueSequence: sequence, eventTime: time,
                    receiveTime: turnTime)
            }
        case .status(let handle, let kind, let status, let reason):
            bridge.status(handle, kind, status, reason)
        case .get(let number, _): request = number
        default: break
        }
    }
}
