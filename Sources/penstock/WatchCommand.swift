internal import Base
internal import PenstockClient
internal import Runtime
internal import Schema

/// `penstock watch`: topics of a gateway, live on a terminal or as JSON lines.
struct WatchCommand {
    static let options = [
        Arguments.Option(
            name: "--server", value: "ADDR:PORT",
            help: "the gateway (default \(ServeConfiguration.defaultListen))"),
        Arguments.Option(
            name: "--codec", value: "CODEC", help: "protobuf (default) or msgpack on the wire"),
        Arguments.Option(name: "--json", value: nil, help: "one update a line"),
        Arguments.Option(
            name: "--state", value: nil, help: "with --json: the merged state after each update"),
        Arguments.Option(name: "--count", value: "N", help: "end after N updates"),
    ]

    private let server: SocketAddress
    private let codec: Codec
    private let topics: [String]
    private let style: WatchService.Style
    private let countMax: Int?

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(
            words, command: "watch", options: Self.options, positional: "TOPIC")
        server = try ServeConfiguration.address(
            arguments.value("--server") ?? ServeConfiguration.defaultListen, at: "watch: --server")
        switch arguments.value("--codec") ?? "protobuf" {
        case "protobuf": codec = .protobuf
        case "msgpack": codec = .messagePack
        case let other:
            throw UsageError("watch: --codec \"\(other)\": allowed: protobuf, msgpack")
        }
        topics = arguments.positional
        guard !topics.isEmpty else {
            throw UsageError("watch: TOPIC is missing; name one, such as book:binance:BTC/USDT")
        }
        countMax = try arguments.number("--count", in: 1...Int.max)
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

    func run() async throws {
        try await Command.run {
            WatchService(
                loop: $0, server: server, codec: codec, topics: topics, style: style,
                countMax: countMax)
        }
    }
}
