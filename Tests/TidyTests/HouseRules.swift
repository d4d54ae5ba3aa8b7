/// Numbers and words of the house rules.
enum HouseRules {
    static let sourceLinesMax = 600
    static let testLinesMax = 1_000
    static let functionLinesMax = 70
    static let columnsMax = 100

    /// Not to be called in sources; with the paths where it may be, and why.
    static let banned: [(call: String, allowed: [String], because: String)] = [
        ("print(", [], "output goes through Runtime or the log"),
        ("debugPrint(", [], "output goes through Runtime or the log"),
        ("dump(", [], "output goes through Runtime or the log"),
        ("try!", [], "an error is answered"),
        ("as!", [], "a wrong type is answered"),
        ("fatalError(", [], "our bugs are preconditions that say the state"),
        ("Task {", ["Sources/Runtime/"], "tasks are structured"),
        ("Task.detached", ["Sources/Runtime/"], "tasks are structured"),
        ("Task.sleep", ["Sources/Runtime/"], "time is a parameter"),
        ("Thread.sleep", [], "nothing blocks a cooperative thread"),
        ("AsyncStream(", [], "a queue has a bound: name the policy"),
        ("AsyncThrowingStream(", [], "a queue has a bound: name the policy"),
        ("DispatchQueue", [], "a loop owns its thread"),
        ("NSLock", [], "locks are Mutex"),
        ("RPCStatus(.unknown", [], "UNKNOWN says nothing that a caller could act on"),
        (
            "@unchecked Sendable", ["Sources/Runtime/", "Sources/Schema/Table/"],
            "the compiler proves it"
        ),
    ]

    /// The words that mean "not finished"; written apart so that this file passes.
    static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]

    /// Where somebody's own machine shows through.
    static let machinePaths = ["home", "root", "Users", "work", "private"].map { "/" + $0 + "/" }

    /// Names that say nothing.
    static let emptyNames: Set = ["Utils", "Common", "Helpers", "Manager", "Misc", "Util"]

    /// The Swift files that may import a C module: the owners of its pointers.
    static let owners: [String: [String]] = [
        "CNghttp2": ["Sources/HTTP2/ControlPlane.swift"],
        "COpenSSL": [
            "Sources/Runtime/TLS", "Sources/Identity/Digest.swift",
            "Sources/Identity/PublicKey.swift",
        ],
        "CCurl": ["Sources/Runtime/HTTP"],
        "CLinux": ["Sources/Runtime/"],
        "CSimdjson": ["Sources/JSON/JSONParser.swift"],
        "CZlib": ["Sources/Simulator/LineReader.swift", "Sources/GRPC/Gzip.swift"],
        "CMsgpack": ["Sources/Schema/Decoding/MessagePack"],
        "CProtobufC": ["Sources/Schema/"],
        "CProtos": ["Sources/Schema/"],
        "CJemalloc": ["Sources/penstock/ProcessHeap.swift"],
    ]

    /// How many files of its owner may import a C module, where it is more than one. CLinux has a
    /// pointer to own in one file, the ring of sends; the others make system calls. Schema's tables
    /// and codecs read and write the memory that protobuf-c lays out. OpenSSL: a context for either
    /// side, sessions, certificates, files, errors. The others: one file for a shared context, one
    /// for each use.
    static let ownersMax = [
        "CLinux": 20, "CProtobufC": 16, "CProtos": 4, "COpenSSL": 9, "CCurl": 2, "CMsgpack": 2,
        "CZlib": 2,
    ]

    /// Who may import the C library and Foundation.
    static let systemModules: [String: [String]] = [
        "Glibc": [
            "Sources/Runtime/", "Sources/Base/Log.swift", "Sources/penstock/Main.swift",
            "Sources/Simulator/LineReader.swift",
        ],
        "Foundation": ["Sources/penstock/"],
        "FoundationEssentials": ["Sources/penstock/"],
    ]

    /// Whom a target may use at most (design: one floor uses the floors below; on a floor, rooms do
    /// not know each other unless it is written here).
    static let arrows: [String: Set<String>] = [
        "Base": [],
        "JSON": ["Base"],
        "Runtime": ["Base"],
        "Schema": ["Base"],
        "Market": ["Base"],
        "Streams": ["Base", "Market", "Schema"],
        "HTTP1": ["Base"],
        "HTTP2": ["Base"],
        "WebSocket": ["Base", "HTTP1"],
        "GRPC": ["Base", "HTTP2"],
        "Identity": ["Base", "JSON"],
        "Core": ["Base", "Streams", "Market", "Schema", "Runtime"],
        "Connectors": [
            "Base", "JSON", "Market", "Streams", "Schema", "Core", "HTTP1", "WebSocket", "Runtime",
        ],
        "Simulator": ["Base", "JSON", "Market", "HTTP1", "WebSocket", "Runtime"],
        "Gateway": [
            "Base", "Market", "Streams", "Core", "Schema", "HTTP1", "HTTP2", "GRPC", "Identity",
            "Runtime",
        ],
        "PenstockClient": ["Base", "Market", "Streams", "Schema", "HTTP2", "GRPC", "Runtime"],
        // Judges a gateway from outside, with what the client has; as a client it is a door, too.
        "Load": ["Base", "Market", "Streams", "Schema", "PenstockClient", "Runtime"],
        "penstock": [
            "Base", "JSON", "Market", "Streams", "Schema", "Core", "Connectors", "Simulator",
            "Gateway", "PenstockClient", "Load", "Runtime", "HTTP1", "HTTP2", "WebSocket", "GRPC",
            "Identity",
        ],
    ]

    /// The C modules a target may use.
    static let libraries: [String: Set<String>] = [
        "JSON": ["CSimdjson"],
        "Runtime": ["CLinux", "COpenSSL", "CCurl"],
        "Schema": ["CProtos", "CProtobufC", "CMsgpack"],
        "HTTP2": ["CNghttp2"],
        "Identity": ["COpenSSL"],
        "GRPC": ["CZlib"],
        "Simulator": ["CZlib"],
        "penstock": ["CJemalloc"],
    ]
}
