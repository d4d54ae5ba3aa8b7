import Foundation
import Runtime
import Testing

/// A certificate authority that lives as long as its test, made by the `openssl` command. Files
/// are never kept.
final class TestAuthority: Sendable {
    static let tool = "/usr/bin/openssl"
    static let isPossible = FileManager.default.isExecutableFile(atPath: tool)

    /// One authority with a server and a client for the tests that only need some: making them
    /// takes a tenth of a second. Removed at the end of the process.
    static let shared = Result<Shared, any Error> {
        let authority = try TestAuthority()
        atexit { TestAuthority.removeShared() }
        return Shared(
            authority: authority, server: try authority.issue(),
            client: try authority.issue("bot-7"))
    }

    struct Shared: Sendable {
        let authority: TestAuthority
        let server: TLSCertificateFiles
        let client: TLSCertificateFiles
    }

    private static func removeShared() { try? shared.get().authority.remove() }

    let folder: URL
    /// The authority's own certificate.
    let certificate: String
    private let key: String

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("penstock-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appendingPathComponent("authority.pem").path
        key = folder.appendingPathComponent("authority.key").path
        try Self.run(
            ["req", "-x509", "-days", "2", "-subj", "/CN=penstock test authority"]
                + Self.newKey(key) + ["-out", certificate])
    }

    deinit { remove() }

    private func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func newKey(_ path: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]
    }

    /// A certificate that the authority vouches for, from now on for `days`, which may be negative.
    func issue(
        _ commonName: String = "server", names: String = "DNS:localhost,IP:127.0.0.1",
        days: Int = 2
    ) throws -> TLSCertificateFiles {
        let stem = path("\(UUID().uuidString)")
        let (request, key, certificate) = (stem + ".csr", stem + ".key", stem + ".pem")
        try Self.run(
            ["req", "-new", "-subj", "/O=Desk/CN=\(commonName)"]
                + ["-addext", "subjectAltName=\(names)"] + Self.newKey(key) + ["-out", request])
        try Self.run([
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
            "-days", "\(days)", "-copy_extensions", "copy", "-out", certificate,
        ])
        return TLSCertificateFiles(certificate: certificate, key: key)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A file with that text in the authority's folder.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}
