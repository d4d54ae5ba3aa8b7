internal import Base
internal import Runtime

/// `penstock serve`: live feeds in, snapshots and deltas out, until SIGINT or SIGTERM.
struct ServeCommand {
    static let options =
        [
            Arguments.Option(
                name: "--config", value: "FILE",
                help: "JSON5: listen, venues, instruments, logLevel, auth"),
            Arguments.Option(
                name: "--listen", value: "ADDR:PORT",
                help: "where clients connect (default \(ServeConfiguration.defaultListen))"),
            Arguments.Option(
                name: "--venue", value: "NAME[=BASE_URL]",
                help: "venue to connect, at another address if given (default binance)",
                repeats: true),
            Arguments.Option(
                name: "--instruments", value: "BTC/USDT,…", help: "kept subscribed from the start"),
            Arguments.Option(
                name: "--log-level", value: "LEVEL",
                help: "trace, debug, info (default), warning, error"),
        ] + AuthConfiguration.options + [
            Arguments.Option(
                name: "--check", value: nil, help: "validate the configuration and exit")
        ]

    private let configuration: ServeConfiguration
    private let isCheck: Bool

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(words, command: "serve", options: Self.options)
        configuration = try ServeConfiguration(arguments)
        isCheck = arguments.has("--check")
    }

    func run() async throws {
        if isCheck {
            StandardStreams.output("configuration is valid\n")
            return
        }
        Log.level = configuration.logLevel
        try await Command.run { GatewayNode(loop: $0, configuration: configuration) }
    }
}
