internal import Base
internal import Connectors
internal import Core
internal import Market
internal import Runtime

/// What `penstock serve` runs with: defaults, then the file, then the flags.
struct ServeConfiguration {
    /// Where clients connect. Default: loopback, because by default nobody is asked who he is.
    var listen: SocketAddress
    var venues: [BinanceConfiguration] = []
    /// Kept subscribed upstream at every venue from the start.
    var instruments: [Symbol] = []
    var loops = LoopCount()
    var sends = SendMethod.auto
    var logLevel = Log.Level.info
    var takeover: TakeoverConfiguration?
    var tls = TLSConfiguration()
    var limits = LimitConfiguration()
    var auth = AuthConfiguration()

    static let defaultListen = "127.0.0.1:7400"
    static let venueNames = ["binance", "binance_us"]

    init(_ arguments: Arguments) throws(UsageError) {
        let from = arguments.command
        listen = try Self.address(Self.defaultListen, at: from)
        try add(venue: "binance", at: from)
        var file: ConfigurationFile?
        if let path = arguments.value("--config") {
            var read = try ConfigurationFile(path: path, command: from)
            try apply(read, path: path, command: from)
            read.takeover?.resolve(in: Self.folder(of: path))
            file = read
        }
        if let text = arguments.value("--listen") {
            listen = try Self.address(text, at: "\(from): --listen")
        }
        if arguments.has("--venue") {
            venues = []
            for text in arguments.all("--venue") {
                try add(venue: text, at: "\(from): --venue")
            }
        }
        if let text = arguments.value("--instruments") {
            instruments = []
            for name in text.split(separator: ",", omittingEmptySubsequences: false) {
                instruments.append(try Self.symbol(String(name), at: "\(from): --instruments"))
            }
        }
        try loops.apply(arguments)
        if let text = arguments.value("--io") {
            sends = try SendMethod(text, at: "\(from): --io")
        }
        if let text = arguments.value("--log-level") {
            logLevel = try Self.level(text, at: "\(from): --log-level")
        }
        takeover = try TakeoverConfiguration(file?.takeover, arguments, at: from)
        try tls.apply(arguments)
        try auth.apply(arguments)
        _ = try auth.makeAuthenticator(
            try auth.readCredentials(at: from), listen: listen, at: from)
        if auth.mode == .mtls && !tls.asksClients {
            throw UsageError(
                "\(from): auth mode mtls knows callers by their certificates, which needs "
                    + "--tls-certificate, --tls-key and --tls-client-ca (tls.clientCA)")
        }
    }

    private mutating func apply(
        _ file: ConfigurationFile, path: String, command: String
    ) throws(UsageError) {
        func at(_ key: String) -> String { "\(command): \(path): \(key)" }
        if let text = file.listen { listen = try Self.address(text, at: at("listen")) }
        if let named = file.venues {
            venues = []
            for (name, url) in named.sorted(by: { $0.key < $1.key }) {
                try add(venue: url.map { "\(name)=\($0)" } ?? name, at: at("venues"))
            }
        }
        if let names = file.instruments {
            instruments = []
            for name in names {
                instruments.append(try Self.symbol(name, at: at("instruments")))
            }
        }
        if let count = file.loops { try loops.apply(count, at: at("loops")) }
        if let text = file.io { sends = try SendMethod(text, at: at("io")) }
        if let values = file.limits { try limits.apply(values, at: at("limits")) }
        if let mode = file.gzip { try apply(gzip: mode, at: at("gzip")) }
        if let text = file.logLevel { logLevel = try Self.level(text, at: at("logLevel")) }
        let folder = Self.folder(of: path)
        if let section = file.tls { try tls.apply(section, folder: folder, at: at("tls")) }
        if let section = file.auth { try auth.apply(section, folder: folder, at: at("auth")) }
    }

    private mutating func apply(gzip mode: String, at place: String) throws(UsageError) {
        switch mode {
        case "auto": break
        case "off": limits.hub.gzipPercentMax = 0
        default: throw UsageError("\(place) \"\(mode)\": expected auto or off")
        }
    }

    /// With its slash; empty: the present one.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private mutating func add(venue text: String, at place: String) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard Self.venueNames.contains(name) else {
            throw UsageError(
                "\(place) \"\(text)\": unknown venue \"\(name)\"; allowed: "
                    + Self.venueNames.joined(separator: ", "))
        }
        guard !venues.contains(where: { $0.venue == name }) else {
            throw UsageError("\(place): venue \"\(name)\" is named twice")
        }
        let venue =
            parts.count > 1
            ? BinanceConfiguration(venue: name, base: String(parts[1]))
            : BinanceConfiguration(venue: name)
        guard let venue else {
            throw UsageError(
                "\(place) \"\(text)\": expected NAME=http://HOST:PORT/PATH or https://…")
        }
        venues.append(venue)
    }

    static func address(_ text: String, at place: String) throws(UsageError) -> SocketAddress {
        guard let address = SocketAddress(text) else {
            throw UsageError(
                "\(place) \"\(text)\": expected ADDRESS:PORT such as \(defaultListen)"
            )
        }
        return address
    }

    private static func symbol(_ text: String, at place: String) throws(UsageError) -> Symbol {
        guard let symbol = Symbol(text) else {
            throw UsageError(
                "\(place) \"\(text)\": expected BASE/QUOTE in capitals and digits, such as BTC/USDT"
            )
        }
        return symbol
    }

    private static func level(_ text: String, at place: String) throws(UsageError) -> Log.Level {
        guard let level = Log.Level.allCases.first(where: { "\($0)" == text }) else {
            let allowed = Log.Level.allCases.map { "\($0)" }.joined(separator: ", ")
            throw UsageError("\(place) \"\(text)\": unknown level; allowed: \(allowed)")
        }
        return level
    }
}
