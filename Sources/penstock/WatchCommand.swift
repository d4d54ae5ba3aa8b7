internal import PenstockClient
internal import Runtime

/// `penstock watch`: topics of a gateway, live on a terminal or as JSON lines.
struct WatchCommand {
    static let options =
        [
            Arguments.Option(
                name: "--server", value: "HOST:PORT",
                help: "the gateway (default \(ServeConfiguration.defaultListen))")
        ] + ClientArguments.options + [
            Arguments.Option(
                name: "--codec", value: "CODEC", help: "protobuf (default) or msgpack on the wire"),
            Arguments.Option(name: "--json", value: nil, help: "one update a line"),
            Arguments.Option(
                name: "--state", value: nil, help: "with --json: the merged state after each update"
            ),
            Arguments.Option(name: "--count", value: "N", help: "end after N updates"),
            Arguments.Option(
                name: "--filter", value: "FILTER",
                help: "only what passes, such as \"side == buy and quantity >= 2\""),
            Arguments.Option(
                name: "--from", value: "WHERE",
                help: "events from seq:N, time:NANOSECONDS since 1970, or last:N on"),
        ]

    private var configuration: ClientConfiguration
    private let topics: [String]
    private let style: WatchService.Style
    private let countMax: Int?
    private let filter: String?
    private let start: SubscriptionOptions.Start

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(
            words, command: "watch", options: Self.options, positional: "TOPIC")
        configuration = try ClientArguments.configuration(
            arguments, endpoint: arguments.value("--server") ?? ServeConfiguration.defaultListen)
        switch arguments.value("--codec") ?? "protobuf" {
        case "protobuf": configuration.encoding = .protobuf
        case "msgpack": configuration.encoding = .messagePack
        case let other:
            throw UsageError("watch: --codec \"\(other)\": allowed: protobuf, msgpack")
        }
        topics = arguments.positional
        guard !topics.isEmpty else {
            throw UsageError("watch: TOPIC is missing; name one, such as book:binance:BTC/USDT")
        }
        countMax = try arguments.number("--count", in: 1...Int.max)
        filter = arguments.value("--filter")
        start = try Self.start(arguments.value("--from"))
        if arguments.has("--state") && !arguments.has("--json") {
            throw UsageError("watch: --state goes with --json")
        }
        if arguments.has("--json") {
            style = .lines(isMerged: arguments.has("--state"))
        } else if StandardStreams.terminalSize != nil {
            style = .screen
        } else {
            throw UsageError("watch: standard output is no terminal; use --json")
        }
    }

    private static func start(_ text: String?) throws(UsageError) -> SubscriptionOptions.Start {
        guard let text else { return .present }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 {
            switch parts[0] {
            case "seq": if let number = UInt64(parts[1]), number > 0 { return .sequence(number) }
            case "time": if let number = UInt64(parts[1]) { return .time(number) }
            case "last": if let number = UInt32(parts[1]), number > 0 { return .last(number) }
            default: break
            }
        }
        throw UsageError(
            "watch: --from \"\(text)\": allowed: seq:N, time:NANOSECONDS, last:N; N from 1 on")
    }

    func run() async throws {
        do {
            try await Command.run {
                try WatchService(
                    loop: $0, configuration: configuration, topics: topics, style: style,
                    countMax: countMax, filter: filter, start: start)
            }
        } catch PenstockError.invalidConfiguration(let text) {
            throw UsageError("watch: \(text)")
        }
    }
}
