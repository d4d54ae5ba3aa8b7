internal import PenstockClient
internal import Runtime

/// The flags of grpc's interop clients (grpc/doc/interop-test-descriptions.md, "Client").
struct InteropOptions: Sendable {
    var endpoint: Endpoint
    var testCase = InteropCase.emptyUnary

    init(_ words: ArraySlice<String>) throws(InteropFailure) {
        var values: [String: String] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].hasPrefix("--") else { throw InteropFailure("what is \(word)?") }
            values[String(parts[0].dropFirst(2))] = parts.count > 1 ? String(parts[1]) : "true"
        }
        let allowed = [
            "server_host", "server_host_override", "server_port", "test_case", "use_tls",
            "use_test_ca", "ca_file",
        ]
        if let unknown = values.keys.first(where: { !allowed.contains($0) }) {
            throw InteropFailure("unknown flag --\(unknown); allowed: \(allowed)")
        }
        guard let port = values["server_port"].flatMap({ UInt16($0) }) else {
            throw InteropFailure("--server_port=PORT is missing")
        }
        endpoint = Endpoint(host: values["server_host"] ?? "127.0.0.1", port: port, tls: nil)
        if values["use_tls"] == "true" {
            endpoint.tls = TLSClientOptions(
                authoritiesFile: values["ca_file"], serverName: values["server_host_override"],
                applicationProtocols: [RPCChannel.applicationProtocol])
        }
        let name = values["test_case"] ?? ""
        guard let testCase = InteropCase(rawValue: name) else {
            throw InteropFailure(
                "--test_case=\(name): allowed: \(InteropCase.allCases.map(\.rawValue))")
        }
        self.testCase = testCase
    }
}

/// What a server did not do as it should.
struct InteropFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func unless(
        _ condition: Bool, _ what: @autoclosure () -> String
    ) throws(InteropFailure) {
        if !condition { throw InteropFailure(what()) }
    }
}
