internal import Load
internal import PenstockClient
internal import Runtime

/// Finds the gateway's topics, lets the scenarios run and shows what they showed. The connections
/// of the load are this loop's.
actor BenchService: Service {
    struct Wish {
        var client: ClientConfiguration
        /// Empty: what the gateway offers.
        var topics: [String] = []
        var scenarios = BenchScenario.all
        var seconds = 5.0
        var connectionsMax = 1000
        var isJSON = false
    }

    nonisolated let name = "bench"
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let wish: Wish
    private let client: PenstockClient
    private let target: LoadTarget
    private var course: BenchRun?
    private var results: [BenchResult] = []
    private var isInterrupted = false

    /// Where the table goes to no terminal it may be as wide as it likes.
    private static let widthOfFiles = 1000

    init(loop: EventLoop, _ wish: Wish) throws(PenstockError) {
        self.loop = loop
        self.wish = wish
        client = try PenstockClient(wish.client, on: loop)
        target = LoadTarget(try Endpoint(wish.client), token: wish.client.token)
    }

    func run() async throws {
        let topics = try await topics()
        client.close()
        if isInterrupted { return }
        var plan = BenchPlan(target: target, topics: topics)
        plan.scenarios = wish.scenarios
        plan.seconds = wish.seconds
        plan.connectionsMax = wish.connectionsMax
        await measure(plan)
        if !wish.isJSON, !results.isEmpty { showTable() }
        let faults = results.reduce(0) { $0 + $1.faultCount }
        if faults > 0 {
            throw CommandFailure("bench: \(faults) errors; the table says which")
        }
    }

    func shutDown() async {
        isInterrupted = true
        client.close()
        course?.stop()
    }

    private func topics() async throws -> [String] {
        do throws(PenstockError) {
            if !wish.topics.isEmpty {
                try await BenchTopics.knock(at: client)
                return wish.topics
            }
            let offered = try await BenchTopics.offered(by: client)
            guard offered.isEmpty else { return offered }
        } catch {
            if isInterrupted { return wish.topics }
            throw CommandFailure("bench: \(wish.client.endpoint): \(error)")
        }
        throw CommandFailure(
            "bench: \(wish.client.endpoint) lists no instruments now and has no bench: topics; "
                + "name some, such as penstock bench book:binance:BTC/USDT")
    }

    private func measure(_ plan: BenchPlan) async {
        await withCheckedContinuation { continuation in
            let course = BenchRun(plan, on: loop) { event in
                self.take(event)
                if case .ended = event { continuation.resume() }
            }
            self.course = course
            course.start()
        }
        course = nil
    }

    private func take(_ event: BenchRun.Event) {
        switch event {
        case .begins(let scenario): progress("\(scenario.name): \(scenario.summary) …")
        case .lost(let text):
            progress(nil)
            StandardStreams.error("penstock bench: \(text)\n")
        case .measured(let result):
            results.append(result)
            if wish.isJSON { StandardStreams.output(result.json) }
        case .ended: progress(nil)
        }
    }

    /// One line on a terminal, which the next one replaces.
    private func progress(_ text: String?) {
        guard !wish.isJSON, let size = StandardStreams.terminalSize else { return }
        StandardStreams.output("\r\u{1b}[K" + String((text ?? "").prefix(size.columns - 1)))
    }

    private func showTable() {
        let size = StandardStreams.terminalSize
        let lines = BenchTable.lines(
            results, width: size?.columns ?? Self.widthOfFiles, isColoured: size != nil)
        StandardStreams.output(lines.joined(separator: "\n") + "\n")
    }
}
