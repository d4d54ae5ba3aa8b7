internal import Base
internal import Core
internal import Gateway
internal import Runtime
internal import Schema

/// The gateway under a known load: no venue, topics `bench:0` … that a timer publishes.
actor BenchNode: Service {
    nonisolated let name = "bench serve"
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let workers: [GatewayWorker]
    private let metrics = MetricRegistry()
    private let listen: SocketAddress
    private let load: BenchServeCommand.Load
    private let limits: LimitConfiguration
    private var server: GatewayServer?
    private var publisher: BenchPublisher?
    private let life = Life()

    init(
        loops: [EventLoop], listen: SocketAddress, load: BenchServeCommand.Load,
        limits: LimitConfiguration
    ) {
        loop = loops[0]
        workers = GatewayWorker.workers(on: loops, metrics)
        ProcessHeap.tell(metrics)
        self.listen = listen
        self.load = load
        self.limits = limits
    }

    func run() async throws {
        StandardStreams.output(try await start())
        await life.wait()
    }

    func shutDown() async {
        publisher?.stop()
        await server?.drain(within: Command.drainLimit)
        life.end()
    }

    private func start() async throws -> String {
        let hub = Hub(turn: loop, metrics: metrics, limits: limits.hub)
        for worker in workers {
            hub.lead(
                await worker.follow(hub.directory, hub.limits, owner: HubLink(to: hub, on: loop)))
        }
        let group = ServerGroup(limits.gateway)
        let service = MarketDataService(hub: hub, limits: limits.gateway)
        var options = limits.options
        options.census = { hub.takeCensus() }
        let server = GatewayServer(
            loop: loop, metrics: metrics, services: [service], options: options, group: group)
        for worker in workers {
            await worker.serve(in: group, GatewayWorker.Manner(limits: limits), nil)
        }
        let address = try server.listen(on: listen)
        self.server = server
        let topics = (0..<load.topics).map { hub.addEventTopic(named: "bench:\($0)") }
        let publisher = BenchPublisher(loop: loop, topics: topics, load: load)
        publisher.start()
        self.publisher = publisher
        return """
            listening on \(address)
            path /\(service.name)/Subscribe
            body \(Self.requestHex(topics.map(\.name)))
            publish time at field path 7 (fixed64, ns since 1970), sequence at field path 3

            """
    }

    /// The Subscribe request for all topics, without gRPC's prefix.
    private static func requestHex(_ topics: [String]) -> String {
        let buffer = OutputBuffer()
        SubscribeRequest(topics: topics).encode(.protobuf, into: buffer)
        return buffer.copyBytes().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
