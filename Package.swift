// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target; they were tried together.
let language: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Sources also keep strict memory safety, so that `unsafe` can be searched for. Tests do not:
/// `#expect` expands to unsafe code.
let strict: [SwiftSetting] = language + [.strictMemorySafety()]

/// One floor may only use the floors below it; `Tests/TidyTests` keeps it so.
func room(_ name: String, uses: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: uses, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: uses, swiftSettings: language)
}

func library(_ name: String, pkgConfig: String?, apt: [String]) -> Target {
    .systemLibrary(
        name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt(apt)])
}

let package = Package(
    name: "penstock",
    products: [
        .executable(name: "penstock", targets: ["penstock"]),
        .library(name: "PenstockClient", targets: ["PenstockClient"]),
    ],
    targets: [
        // C libraries: a module map and a shim each, and one Swift file that owns the pointer.
        library("CNghttp2", pkgConfig: "libnghttp2", apt: ["libnghttp2-dev"]),
        library("COpenSSL", pkgConfig: "openssl", apt: ["libssl-dev"]),
        library("CCurl", pkgConfig: "libcurl", apt: ["libcurl4-openssl-dev"]),
        library("CMsgpack", pkgConfig: "msgpack", apt: ["libmsgpack-dev"]),
        library("CProtobufC", pkgConfig: "libprotobuf-c", apt: ["libprotobuf-c-dev"]),
        library("CZlib", pkgConfig: "zlib", apt: ["zlib1g-dev"]),
        library("CJemalloc", pkgConfig: "jemalloc", apt: ["libjemalloc-dev"]),
        library("CSimdjsonLibrary", pkgConfig: nil, apt: ["libsimdjson-dev"]),
        .target(
            name: "CSimdjson", dependencies: ["CSimdjsonLibrary"], path: "Sources/C/CSimdjson"),
        .target(name: "CLinux", path: "Sources/C/CLinux"),
        .target(name: "CProtos", dependencies: ["CProtobufC"], path: "Sources/C/CProtos"),

        // Ground
        room("Base", uses: []),
        room("JSON", uses: ["Base", "CSimdjson"]),
        room("Runtime", uses: ["Base", "CLinux", "COpenSSL", "CCurl"]),
        // Truths
        room("Schema", uses: ["Base", "CProtos", "CProtobufC", "CMsgpack"]),
        room("Market", uses: ["Base"]),
        room("Streams", uses: ["Base", "Market", "Schema"]),
        // Protocols
        room("HTTP1", uses: ["Base"]),
        room("HTTP2", uses: ["Base", "CNghttp2"]),
        room("WebSocket", uses: ["Base", "HTTP1"]),
        room("GRPC", uses: ["Base", "HTTP2", "CZlib"]),
        room("Identity", uses: ["Base", "JSON", "COpenSSL"]),
        // Heart
        room("Core", uses: ["Base", "Streams", "Market", "Schema", "Runtime"]),
        // Trades
        room(
            "Connectors",
            uses: ["Base", "JSON", "Market", "Schema", "Core", "HTTP1", "WebSocket", "Runtime"]),
        room(
            "Simulator",
            uses: ["Base", "JSON", "Market", "HTTP1", "WebSocket", "Runtime", "CZlib"]),
        // Doors
        room(
            "Gateway",
            uses: [
                "Base", "Market", "Streams", "Core", "Schema", "HTTP1", "HTTP2", "GRPC", "Identity",
                "Runtime",
            ]),
        room(
            "PenstockClient",
            uses: ["Base", "Market", "Streams", "Schema", "HTTP2", "GRPC", "Runtime"]),
        room(
            "Load", uses: ["Base", "Market", "Streams", "Schema", "PenstockClient", "Runtime"]),
        .executableTarget(
            name: "penstock",
            dependencies: [
                "Base", "Market", "Schema", "GRPC", "Identity", "Core", "Connectors", "Simulator",
                "Gateway", "PenstockClient", "Load", "Runtime", "CJemalloc",
            ],
            swiftSettings: strict),

        tests("BaseTests", uses: ["Base"]),
        tests("JSONTests", uses: ["JSON", "Base"]),
        tests("RuntimeTests", uses: ["Runtime", "Base", "CLinux"]),
        tests("SchemaTests", uses: ["Schema", "Base", "CProtos", "CProtobufC", "CMsgpack"]),
        tests("MarketTests", uses: ["Market", "Base"]),
        tests("StreamsTests", uses: ["Streams", "Market", "Schema", "Base"]),
        tests("HTTP1Tests", uses: ["HTTP1", "Base"]),
        tests("HTTP2Tests", uses: ["HTTP2", "Base"]),
        tests("WebSocketTests", uses: ["WebSocket", "HTTP1", "Base"]),
        tests("GRPCTests", uses: ["GRPC", "HTTP2", "Base"]),
        tests("IdentityTests", uses: ["Identity", "JSON", "Base"]),
        tests("CoreTests", uses: ["Core", "Streams", "Market", "Schema", "Runtime", "Base"]),
        tests(
            "ConnectorsTests",
            uses: ["Connectors", "Core", "Market", "JSON", "WebSocket", "Runtime", "Base"]),
        tests(
            "SimulatorTests",
            uses: ["Simulator", "JSON", "Market", "HTTP1", "WebSocket", "Runtime", "Base"]),
        tests(
            "GatewayTests",
            uses: [
                "Gateway", "Core", "Schema", "GRPC", "HTTP2", "Identity", "Market", "Runtime",
                "Base",
            ]),
        tests(
            "PenstockClientTests",
            uses: [
                "PenstockClient", "Gateway", "Core", "Schema", "Streams", "Market", "GRPC",
                "Runtime", "Base",
            ]),
        tests("LoadTests", uses: ["Load", "Runtime", "Base"]),
        tests("TidyTests", uses: []),
        // grpc's interop tests: the service by which its own clients judge our server.
        .target(
            name: "InteropMessages", dependencies: ["Base", "Schema"],
            path: "Tests/InteropMessages", swiftSettings: language),
        .executableTarget(
            name: "InteropServer",
            dependencies: ["Base", "GRPC", "Gateway", "Runtime", "InteropMessages"],
            path: "Tests/InteropServer", swiftSettings: language),
        .executableTarget(
            name: "InteropClient",
            dependencies: ["Base", "GRPC", "PenstockClient", "Runtime", "InteropMessages"],
            path: "Tests/InteropClient", swiftSettings: language),
        // Many subscribers, who check that a handover loses and repeats nothing.
        .executableTarget(
            name: "HandoverDrill",
            dependencies: [
                "Base", "GRPC", "PenstockClient", "Runtime", "Schema", "Streams", "Market",
            ],
            path: "Tests/HandoverDrill", swiftSettings: language),
        // The clients of Load as a program of their own; drills.py runs them.
        .executableTarget(
            name: "FanoutLoad", dependencies: ["Base", "Load", "Runtime"], path: "Tests/FanoutLoad",
            swiftSettings: language),
        // Bytes of strangers: the targets, what searches (make fuzz) and what replays.
        .target(
            name: "FuzzTargets", dependencies: ["Base", "HTTP2", "GRPC", "Identity", "Schema"],
            path: "Tests/FuzzTargets", swiftSettings: language),
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets", "Runtime"], path: "Tests/Fuzz",
            exclude: ["corpora"], swiftSettings: language),
        tests("FuzzTests", uses: ["FuzzTargets", "Base"]),
        // Whole servers and their clients from one seed: the world, what runs many, what replays.
        .target(
            name: "FanoutSimulator",
            dependencies: [
                "Base", "Core", "GRPC", "Gateway", "HTTP2", "Market", "Runtime", "Schema",
                "Streams",
            ],
            path: "Tests/FanoutSimulator", exclude: ["README.md"], swiftSettings: language),
        .executableTarget(
            name: "FanoutSimulation", dependencies: ["FanoutSimulator", "Runtime"],
            path: "Tests/FanoutSimulation", swiftSettings: language),
        tests("FanoutSimulatorTests", uses: ["FanoutSimulator"]),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Base", "JSON", "Market", "Streams", "Schema", "Core", "Connectors", "Runtime",
                "WebSocket", "Simulator", "GRPC", "HTTP2", "Gateway", "CProtos", "CProtobufC",
                "CMsgpack", "AllocationCount",
            ],
            path: "Tests/Benchmarks",
            exclude: [
                "results.md", "fanout.py", "drills.py", "instructions.py", "rig.py", "unary.py",
                "peers", "results",
            ],
            swiftSettings: language),
    ],
    cxxLanguageStandard: .cxx17
)
