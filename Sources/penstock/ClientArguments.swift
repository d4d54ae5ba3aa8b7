internal import FoundationEssentials
internal import PenstockClient

/// How the commands that are clients of a gateway reach it, and who they say they are.
enum ClientArguments {
    static let options = [
        Arguments.Option(
            name: "--tls", value: nil, help: "over TLS, with the system's authorities"),
        Arguments.Option(
            name: "--tls-ca", value: "FILE",
            help: "over TLS, trusting the authorities of a PEM file"),
        Arguments.Option(
            name: "--tls-cert", value: "FILE", help: "our certificate, for a gateway that asks"),
        Arguments.Option(name: "--tls-key", value: "FILE", help: "the key of --tls-cert"),
        Arguments.Option(
            name: "--tls-name", value: "NAME",
            help: "the name that the gateway's certificate carries"),
        Arguments.Option(name: "--token", value: "TOKEN", help: "shown to the gateway"),
        Arguments.Option(
            name: "--token-file", value: "FILE", help: "the same, where nobody else sees it"),
    ]

    static func configuration(
        _ arguments: Arguments, endpoint: String
    ) throws(UsageError) -> ClientConfiguration {
        ClientConfiguration(
            endpoint: endpoint, tls: try tls(arguments), token: try token(arguments))
    }

    /// Nil: cleartext. Files are looked at now, so that a wrong path is one clear line.
    private static func tls(
        _ arguments: Arguments
    ) throws(UsageError) -> ClientConfiguration.TLSOptions? {
        let names = ["--tls", "--tls-ca", "--tls-cert", "--tls-key", "--tls-name"]
        guard names.contains(where: arguments.has) else { return nil }
        guard arguments.has("--tls-cert") == arguments.has("--tls-key") else {
            throw UsageError("\(arguments.command): --tls-cert and --tls-key go together")
        }
        for name in ["--tls-ca", "--tls-cert", "--tls-key"] {
            if let path = arguments.value(name) {
                _ = try contents(of: path, for: name, arguments)
            }
        }
        return ClientConfiguration.TLSOptions(
            authoritiesFile: arguments.value("--tls-ca"),
            certificateFile: arguments.value("--tls-cert"), keyFile: arguments.value("--tls-key"),
            serverName: arguments.value("--tls-name"))
    }

    private static func token(_ arguments: Arguments) throws(UsageError) -> String? {
        guard let path = arguments.value("--token-file") else { return arguments.value("--token") }
        let command = arguments.command
        if arguments.has("--token") {
            throw UsageError("\(command): --token and --token-file exclude each other")
        }
        let text = String(
            decoding: try contents(of: path, for: "--token-file", arguments), as: UTF8.self)
        guard let token = text.split(whereSeparator: \.isWhitespace).first else {
            throw UsageError("\(command): --token-file \(path): the file is empty")
        }
        return String(token)
    }

    private static func contents(
        of path: String, for name: String, _ arguments: Arguments
    ) throws(UsageError) -> Data {
        do { return try Data(contentsOf: URL(filePath: path)) } catch {
            throw UsageError("\(arguments.command): \(name) \(path): the file cannot be read")
        }
    }
}
