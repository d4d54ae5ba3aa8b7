internal import Base
internal import Runtime

/// `penstock serve`: live feeds in, snapshots and deltas out, until SIGINT or SIGTERM.
struct ServeCommand {
    static let options =
        [
            Arguments.Option(
                name: "--config", value: "FILE", help: "JSON5: the keys of the README's table"),
            Arguments.Option(
                name: "--listen", value: "ADDR:PORT",
                help: "where clients connect (default \(ServeConfiguration.defaultListen))"),
            Arguments.Option(
                name: "--venue", value: "NAME[=BASE_URL]",
                help: "venue to connect, at another address if given (default binance)",
                repeats: true),
            Arguments.Option(
                name: "--instruments", value: "BTC/USDT,…", help: "kept subscribed from the start"),
            LoopCount.option,
            SendMethod.option,
            Arguments.Option(
                name: "--log-level", value: "LEVEL",
                help: "trace, debug, info (default), warning, error"),
            Arguments.Option(
                name: "--check", value: nil, help: "validate the configuration and exit"),
        ] + TakeoverConfiguration.options + TLSConfiguration.options + AuthConfiguration.options

    private let configuration: ServeConfiguration
    private let isCheck: Bool

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(words, command: "serve", options: Self.options)
        configuration = try ServeConfiguration(arguments)
        isCheck = arguments.has("--check")
    }

    func run() async throws {
        let tls = try makeTLS()
        if isCheck {
            StandardStreams.output("configuration is valid\n")
            return
        }
        Log.level = configuration.logLevel
        try await Command.run(loops: configuration.loops.value, configuration.sends) {
            GatewayNode(loops: $0, configuration: configuration, tls: tls)
        }
    }

    /// Reads the certificates; one that cannot be used is the user's to change.
    private func makeTLS() throws(UsageError) -> TLSServerContext? {
        guard let options = configuration.tls.server else { return nil }
        do throws(SystemError) { return try TLSServerContext(options) } catch {
            throw UsageError("serve: tls: \(error)")
        }
    }
}
