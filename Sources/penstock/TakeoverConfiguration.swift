internal import Base
internal import Runtime

/// Where a successor of this process finds it, and this one its predecessor.
struct TakeoverConfiguration {
    var path: String
    /// How long this process may warm up before it leaves the predecessor alone. Default 60 s: the
    /// books of some hundred instruments within the venue's budget of requests.
    var limit = Duration.seconds(60)

    static let options = [
        Arguments.Option(
            name: "--takeover", value: "PATH",
            help: "socket to take topics and port over from a running server, and hand them on"),
        Arguments.Option(
            name: "--takeover-limit", value: "SECONDS",
            help: "to have what that server has, before giving up (default 60)"),
    ]

    /// The system's limit on paths of sockets, less the suffix that the socket is made with.
    private static let pathBytesMax = 96
    private static let seconds = 1...3600

    /// Nil: neither file nor flags name a path.
    init?(_ section: TakeoverSection?, _ arguments: Arguments, at from: String) throws(UsageError) {
        guard let path = arguments.value("--takeover") ?? section?.path else {
            if arguments.has("--takeover-limit") || section != nil {
                throw UsageError("\(from): a takeover limit needs a path: --takeover PATH")
            }
            return nil
        }
        guard 1...Self.pathBytesMax ~= path.utf8.count, !path.utf8.contains(0) else {
            throw UsageError(
                "\(from): --takeover \"\(path)\": expected a socket's path of 1 to "
                    + "\(Self.pathBytesMax) bytes")
        }
        guard Listener.mayUse(path: path) else {
            throw UsageError("\(from): --takeover \"\(path)\": a file is there that is no socket")
        }
        self.path = path
        let seconds = try arguments.number("--takeover-limit", in: Self.seconds) ?? section?.limit
        if let seconds {
            guard Self.seconds ~= seconds else {
                throw UsageError("\(from): takeover.limit \(seconds): allowed: 1 to 3600 seconds")
            }
            limit = .seconds(seconds)
        }
    }
}

/// As the configuration file has it.
struct TakeoverSection: Decodable {
    var path: String?
    var limit: Int?

    private enum CodingKeys: String, CodingKey, CaseIterable { case path, limit }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        path = try container.decodeIfPresent(String.self, forKey: .path)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
    }

    /// Names are relative to the configuration file.
    mutating func resolve(in folder: String) {
        if let path, !path.hasPrefix("/") { self.path = folder + path }
    }
}
