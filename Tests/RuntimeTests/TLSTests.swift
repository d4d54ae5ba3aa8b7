import Base
import Foundation
import Runtime
import Testing

/// `openssl s_server`, which sends every line back reversed, with a certificate made for the test.
private final class ReversingServer {
    let port: UInt16
    let certificate: String
    private let process: Process
    private let folder: URL

    static let tool = "/usr/bin/openssl"

    /// `extra`: further options of `s_server`.
    init(name: String, extra: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("penstock-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appendingPathComponent("certificate.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        let request = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=penstock test", "-addext", "subjectAltName=\(name)",
            "-keyout", key, "-out", certificate,
        ]
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: Self.tool)
        maker.arguments = request
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)

        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.tool)
        process.arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-rev",
            ] + extra
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        var found: UInt16?
        while found == nil {
            let bytes = output.fileHandleForReading.availableData
            if bytes.isEmpty { break }
            text += String(decoding: bytes, as: UTF8.self)
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .first { $0.hasPrefix("ACCEPT ") }
            found = line.flatMap { UInt16($0.split(separator: ":").last ?? "") }
        }
        port = try #require(found)
    }

    deinit {
        // Not SIGTERM: children inherit a mask that blocks it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(
    .timeLimit(.minutes(1)),
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: ReversingServer.tool),
        "needs the openssl command"))
struct TLSTests {
    /// What a client that says "hello" and a line's end hears, or why not.
    private func exchange(with endpoint: Endpoint) async throws -> Result<String, SystemError> {
        let outcome = Promise<Result<String, SystemError>>()
        try await withLoop { loop in
            loop.execute {
                let peer = Peer()
                var heard: [UInt8] = []
                peer.onOpened = { stream in
                    stream.output.append("hello\n")
                    stream.flushAtEndOfTurn()
                }
                peer.onReceived = { bytes, stream in
                    heard += bytes
                    if heard.count == 6 {
                        outcome.keep(.success(String(decoding: heard, as: UTF8.self)))
                    }
                }
                peer.onClosed = { reason in
                    outcome.keep(.failure(reason ?? .timedOut(doing: "hear", limit: .zero)))
                }
                loop.connect(endpoint, peer)
            }
            _ = await outcome.value
        }
        return await outcome.value
    }

    @Test func `a certificate that nobody vouches for is refused`() async throws {
        let server = try ReversingServer(name: "IP:127.0.0.1")
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port, tls: true)
        let outcome = try await exchange(with: endpoint)
        #expect(
            outcome
                == .failure(
                    .insecure(
                        doing: "secure 127.0.0.1",
                        reason: "certificate verify failed: self-signed certificate")))
    }

    @Test(arguments: [("IP:127.0.0.1", "127.0.0.1"), ("DNS:localhost", "localhost")])
    func `a trusted certificate for the right name carries bytes`(
        _ name: String, _ host: String
    ) async throws {
        let server = try ReversingServer(name: name)
        let endpoint = Endpoint(
            host: host, port: server.port,
            tls: TLSClientOptions(authoritiesFile: server.certificate))
        #expect(try await exchange(with: endpoint) == .success("olleh\n"))
    }

    @Test(arguments: [
        ("DNS:example.com", "localhost", "hostname mismatch"),
        ("IP:127.0.0.2", "127.0.0.1", "IP address mismatch"),
    ])
    func `a trusted certificate for another name is refused`(
        _ name: String, _ host: String, _ reason: String
    ) async throws {
        let server = try ReversingServer(name: name)
        let endpoint = Endpoint(
            host: host, port: server.port,
            tls: TLSClientOptions(authoritiesFile: server.certificate))
        let outcome = try await exchange(with: endpoint)
        #expect(
            outcome
                == .failure(
                    .insecure(
                        doing: "secure \(host)", reason: "certificate verify failed: \(reason)")))
    }

    @Test
    func `a client shows its certificate, offers its protocols and may call a server otherwise`()
        async throws
    {
        let shared = try TestAuthority.shared.get()
        let server = try ReversingServer(
            name: "DNS:gateway.example",
            extra: [
                "-Verify", "1", "-verify_return_error", "-CAfile", shared.authority.certificate,
                "-alpn", "h2",
            ])
        let options = TLSClientOptions(
            authoritiesFile: server.certificate, certificate: shared.client,
            serverName: "gateway.example", applicationProtocols: ["http/1.1", "h2"])
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port, tls: options)
        try await withLoop { loop in
            let result = await loop.exchange(Array("hello\n".utf8), with: endpoint)
            #expect(result.text == "olleh\n")
            #expect(result.security?.applicationProtocol == "h2")
            #expect(result.security?.serverName == "gateway.example")
        }
        var nameless = options
        nameless.certificate = nil
        try await withLoop { loop in
            let result = await loop.exchange(
                Array("hello\n".utf8),
                with: Endpoint(host: "127.0.0.1", port: server.port, tls: nameless))
            #expect(result.heard.isEmpty && result.reason != nil)
        }
    }

    @Test func `a client's certificate that cannot be read is named`() async throws {
        let options = TLSClientOptions(
            certificate: TLSCertificateFiles(certificate: "gone.pem", key: "gone.key"))
        try await withLoop { loop in
            let endpoint = Endpoint(host: "127.0.0.1", port: 1, tls: options)
            let reason = await loop.exchange(with: endpoint).reason
            #expect(
                reason?.description == "read certificate gone.pem: No such file or directory")
        }
    }

    @Test func `a server without TLS is refused`() async throws {
        try await withLoop { loop in
            var endpoint = try await loop.listen { _ in
                let peer = Peer()
                peer.onReceived = { _, stream in
                    stream.output.append("HTTP/1.1 400 Bad Request\r\n\r\n")
                    stream.flushAtEndOfTurn()
                }
                return peer
            }
            endpoint.tls = TLSClientOptions()
            guard case .failure(.insecure) = try await exchange(with: endpoint) else {
                Issue.record("it was accepted")
                return
            }
        }
    }
}
