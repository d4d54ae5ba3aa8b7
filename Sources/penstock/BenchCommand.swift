internal import Load
internal import PenstockClient
internal import Runtime

/// `penstock bench`: the standard scenarios against a running gateway, every update checked.
struct BenchCommand {
    static let options =
        [
            Arguments.Option(
                name: "--target", value: "HOST:PORT",
                help: "the gateway (default \(ServeConfiguration.defaultListen))"),
            Arguments.Option(
                name: "--scenario", value: "NAME",
                help: "only this one; of \(names.joined(separator: ", "))", repeats: true),
            Arguments.Option(
                name: "--seconds", value: "N", help: "of each scenario, 1 to 3600 (default 5)"),
            Arguments.Option(
                name: "--connections", value: "N",
                help: "of the largest scenario, 1 to 20000 (default 1000)"),
            Arguments.Option(name: "--json", value: nil, help: "one scenario a line, no table"),
        ] + ClientArguments.options

    private static let names = BenchScenario.all.map(\.name)

    private let wish: BenchService.Wish

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(
            words, command: "bench", options: Self.options, positional: "TOPIC")
        if let word = arguments.positional.first(where: { !$0.contains(":") }) {
            throw UsageError(
                "bench: \"\(word)\" is neither \"serve\" nor a topic, such as "
                    + "book:binance:BTC/USDT; see penstock help bench")
        }
        var wish = BenchService.Wish(
            client: try ClientArguments.configuration(
                arguments,
                endpoint: arguments.value("--target") ?? ServeConfiguration.defaultListen))
        wish.topics = arguments.positional
        if let count = try arguments.number("--seconds", in: 1...3600) {
            wish.seconds = Double(count)
        }
        wish.connectionsMax =
            try arguments.number("--connections", in: 1...20_000) ?? wish.connectionsMax
        wish.isJSON = arguments.has("--json")
        for name in arguments.all("--scenario") where !Self.names.contains(name) {
            throw UsageError(
                "bench: --scenario \"\(name)\": allowed: \(Self.names.joined(separator: ", "))")
        }
        let chosen = Set(arguments.all("--scenario"))
        if !chosen.isEmpty {
            wish.scenarios = BenchScenario.all.filter { chosen.contains($0.name) }
        }
        self.wish = wish
    }

    func run() async throws {
        do {
            try await Command.run { try BenchService(loop: $0, wish) }
        } catch PenstockError.invalidConfiguration(let text) {
            throw UsageError("bench: \(text)")
        }
    }
}
