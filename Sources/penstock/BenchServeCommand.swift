internal import Base
internal import Runtime

/// `penstock bench serve`: the same gateway with N event topics that all change R times a second
/// in one turn, through the normal publish path.
struct BenchServeCommand {
    static let options = [
        Arguments.Option(
            name: "--listen", value: "ADDR:PORT",
            help: "where subscribers connect (default \(ServeConfiguration.defaultListen))"),
        Arguments.Option(name: "--topics", value: "N", help: "1 to 100000 (default 1)"),
        Arguments.Option(
            name: "--rate", value: "R",
            help: "updates a second of each topic, 1 to 100000 (default 100)"),
        Arguments.Option(
            name: "--bytes", value: "B", help: "size of one update, 40 to 1000000 (default 120)"),
        LoopCount.option,
        SendMethod.option,
        Arguments.Option(
            name: "--config", value: "FILE", help: "JSON5, of which `limits` counts"),
    ]

    struct Load {
        var topics = 1
        var rate = 100
        var bytes = 120
    }

    private let listen: SocketAddress
    private var load = Load()
    private var loops = LoopCount()
    private var sends = SendMethod.auto
    private var limits = LimitConfiguration()

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(words, command: "bench serve", options: Self.options)
        listen = try ServeConfiguration.address(
            arguments.value("--listen") ?? ServeConfiguration.defaultListen,
            at: "bench serve: --listen")
        if let path = arguments.value("--config") {
            let file = try ConfigurationFile(path: path, command: "bench serve")
            try limits.apply(file.limits ?? [:], at: "bench serve: \(path): limits")
        }
        try loops.apply(arguments)
        if let text = arguments.value("--io") {
            sends = try SendMethod(text, at: "bench serve: --io")
        }
        load.topics = try arguments.number("--topics", in: 1...100_000) ?? load.topics
        load.rate = try arguments.number("--rate", in: 1...100_000) ?? load.rate
        load.bytes = try arguments.number("--bytes", in: 40...1_000_000) ?? load.bytes
    }

    func run() async throws {
        Log.level = .warning
        try await Command.run(loops: loops.value, sends) {
            BenchNode(loops: $0, listen: listen, load: load, limits: limits)
        }
    }
}
