internal import Base
internal import PenstockClient
internal import Runtime

/// One subscription, printed. Ends when it has seen enough, when nobody reads its output any more,
/// or when it cannot go on.
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

    private let client: PenstockClient
    private let server: String
    private let topics: [String]
    private let style: Style
    private let countMax: Int?
    private let filter: String?
    private let start: SubscriptionOptions.Start

    init(
        loop: EventLoop, configuration: ClientConfiguration, topics: [String], style: Style,
        countMax: Int?, filter: String? = nil, start: SubscriptionOptions.Start = .present
    ) throws(PenstockError) {
        self.loop = loop
        client = try PenstockClient(configuration, on: loop)
        server = configuration.endpoint
        self.topics = topics
        self.style = style
        self.countMax = countMax
        self.filter = filter
        self.start = start
    }

    func run() async throws {
        let output: any WatchOutput
        switch style {
        case .lines(let isMerged): output = WatchLines(isMerged: isMerged)
        case .screen: output = WatchScreen(loop: loop, title: server, topics: topics)
        }
        var printer = WatchPrinter(output: output, countMax: countMax)
        do throws(PenstockError) {
            for try await update in subscription(notesTo: output)
            where printer.isOver(after: update) {
                break
            }
        } catch {
            output.close()
            throw CommandFailure("watch: \(error)")
        }
        output.close()
        client.close()
    }

    func shutDown() async { client.close() }

    /// This actor consumes on the loop that receives, in the same turn: what waits is never more
    /// than one read brought, and a terminal or pipe that is slow holds up the reading.
    private func subscription(notesTo output: any WatchOutput) -> TopicSubscription {
        var options = SubscriptionOptions()
        options.statesKeptMax = 4096
        options.eventsKeptMax = 65_536
        options.establishWithin = nil
        options.filter = filter
        options.start = start
        let notes = Confined(output, to: loop)
        options.onInterruption = { notes.open().noted("\($0.reason); trying again") }
        return client.subscribe(to: topics, options: options)
    }
}
