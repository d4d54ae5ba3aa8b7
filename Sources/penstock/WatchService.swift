internal import Base
internal import GRPC
internal import PenstockClient
internal import Runtime
internal import Schema

/// One subscription, printed. Ends when it has seen enough, when nobody reads its output any more,
/// or when every topic was rejected.
actor WatchService: Service {
    enum Style {
        /// JSON, one update a line.
        case lines(isMerged: Bool)
        /// A live view on the terminal.
        case screen
    }

    nonisolated let name = "watch"
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let server: SocketAddress
    private let codec: Codec
    private let topics: [String]
    private let style: Style
    private let countMax: Int?
    private let life = Life()
    private var client: MarketDataClient?
    private var printer: WatchPrinter?

    init(
        loop: EventLoop, server: SocketAddress, codec: Codec, topics: [String], style: Style,
        countMax: Int?
    ) {
        self.loop = loop
        self.server = server
        self.codec = codec
        self.topics = topics
        self.style = style
        self.countMax = countMax
    }

    func run() async throws {
        let life = life
        let output: any WatchOutput
        switch style {
        case .lines(let isMerged): output = WatchLines(isMerged: isMerged)
        case .screen: output = WatchScreen(loop: loop, title: "\(server)", topics: topics)
        }
        let printer = WatchPrinter(output: output, countMax: countMax) { life.end() }
        self.printer = printer
        let client = MarketDataClient(
            server: Endpoint(server), topics: topics, codec: codec, on: loop,
            seed: UInt64(bitPattern: Clock.timestamp().nanoseconds), delegate: printer)
        self.client = client
        client.start()
        await life.wait()
        client.stop()
        output.close()
        if let failure = printer.failure { throw CommandFailure("watch: \(failure)") }
    }

    func shutDown() async { life.end() }
}

/// What became of an update.
enum WatchOutcome {
    case shown
    /// Nothing a person or script would miss.
    case hidden
    /// Nobody reads any more.
    case closed
}

/// Where watched updates go.
protocol WatchOutput: AnyObject {
    func updated(_ state: MergedState, by update: Update) -> WatchOutcome
    func statusChanged(_ state: MergedState) -> WatchOutcome
    func noted(_ text: String)
    func close()
}

/// Counts updates, passes them on, and knows when to end.
final class WatchPrinter: MarketDataClientDelegate {
    private let output: any WatchOutput
    private var left: Int?
    private let ended: () -> Void
    private var isOver = false
    private var rejections: [RejectedTopic] = []
    /// Why the whole thing failed, in one line.
    private(set) var failure: String?

    init(output: any WatchOutput, countMax: Int?, ended: @escaping () -> Void) {
        self.output = output
        left = countMax
        self.ended = ended
    }

    func updated(_ state: MergedState, by update: Update) {
        if !isOver { count(output.updated(state, by: update)) }
    }

    func statusChanged(_ state: MergedState) {
        if !isOver { count(output.statusChanged(state)) }
    }

    private func count(_ outcome: WatchOutcome) {
        // Some topic works, so the others are only worth a note.
        for topic in rejections { output.noted(Self.text(topic)) }
        rejections = []
        switch outcome {
        case .hidden: break
        case .closed: end()
        case .shown:
            guard let before = left else { return }
            left = before - 1
            if before == 1 { end() }
        }
    }

    func rejected(_ topic: RejectedTopic) {
        rejections.append(topic)
    }

    private static func text(_ topic: RejectedTopic) -> String {
        "\(topic.name ?? "?"): \(topic.message ?? "")"
    }

    func interrupted(_ reason: String, retryingAfter delay: Duration) {
        output.noted("\(reason); trying again")
    }

    func ended(_ status: RPCStatus?) {
        guard !isOver else { return }
        failure = status?.message ?? rejections.map(Self.text).joined(separator: "; ")
        end()
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        ended()
    }
}
