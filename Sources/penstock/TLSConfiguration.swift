internal import Runtime

/// What `penstock serve` secures its clients with: nothing by default, because certificates are
/// the operator's. The file's section, then the flags.
struct TLSConfiguration {
    private var certificates: [TLSCertificateFiles] = []
    private var clientAuthority: String?
    /// nil: required if there is an authority to verify against, else off. Who names an authority
    /// wants clients to be verified.
    private var clientCertificates: TLSServerOptions.ClientCertificates?
    /// Whether cleartext is served on the same port. Default no: a port with certificates promises
    /// that nobody listens in.
    private(set) var allowsCleartext = false

    static let options = [
        Arguments.Option(
            name: "--tls-certificate", value: "FILE",
            help: "PEM chain; several: the client's SNI chooses, else the first", repeats: true),
        Arguments.Option(
            name: "--tls-key", value: "FILE", help: "PEM key of the certificate", repeats: true),
        Arguments.Option(
            name: "--tls-client-ca", value: "FILE", help: "PEM authorities that vouch for clients"),
        Arguments.Option(
            name: "--tls-client-certificates", value: "MODE",
            help: "off, requested, required (default with --tls-client-ca)"),
        Arguments.Option(
            name: "--tls-allow-cleartext", value: nil, help: "serve cleartext beside TLS"),
    ]

    /// Names of files are relative to `folder`.
    mutating func apply(
        _ section: ConfigurationFile.TLSSection, folder: String, at place: String
    ) throws(UsageError) {
        func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + name }
        if let list = section.certificates {
            certificates = list.map {
                TLSCertificateFiles(certificate: path($0.certificate), key: path($0.key))
            }
        }
        if let file = section.clientCA { clientAuthority = path(file) }
        if let text = section.clientCertificates {
            clientCertificates = try Self.mode(text, at: "\(place).clientCertificates")
        }
        if let allowed = section.allowCleartext { allowsCleartext = allowed }
        if certificates.isEmpty {
            throw UsageError("\(place).certificates: expected [{ certificate: FILE, key: FILE }]")
        }
    }

    mutating func apply(_ arguments: Arguments) throws(UsageError) {
        let from = arguments.command
        let (shown, keys) = (arguments.all("--tls-certificate"), arguments.all("--tls-key"))
        guard shown.count == keys.count else {
            throw UsageError("\(from): --tls-certificate and --tls-key go together, one key each")
        }
        if !shown.isEmpty {
            certificates = zip(shown, keys).map(TLSCertificateFiles.init)
        }
        if let file = arguments.value("--tls-client-ca") { clientAuthority = file }
        if let text = arguments.value("--tls-client-certificates") {
            clientCertificates = try Self.mode(text, at: "\(from): --tls-client-certificates")
        }
        if arguments.has("--tls-allow-cleartext") { allowsCleartext = true }
        let hasMore = clientAuthority != nil || clientCertificates != nil || allowsCleartext
        if certificates.isEmpty && hasMore {
            throw UsageError(
                "\(from): TLS is wanted, but there is no --tls-certificate and --tls-key")
        }
        if clientAuthority == nil, let mode = clientCertificates, mode != .off {
            throw UsageError(
                "\(from): clients' certificates are \(mode), but no --tls-client-ca or clientCA "
                    + "says who vouches for them")
        }
    }

    /// What the server's context is made from, now and at every reload; nil: no TLS.
    var server: TLSServerOptions? {
        if certificates.isEmpty { return nil }
        return TLSServerOptions(
            certificates: certificates, clientAuthoritiesFile: clientAuthority,
            clientCertificates: clientCertificates ?? (clientAuthority == nil ? .off : .required))
    }

    /// Whether a client can show a certificate that is verified.
    var asksClients: Bool { server.map { $0.clientCertificates != .off } ?? false }

    private static func mode(
        _ text: String, at place: String
    ) throws(UsageError) -> TLSServerOptions.ClientCertificates {
        guard let mode = TLSServerOptions.ClientCertificates(rawValue: text) else {
            let allowed = TLSServerOptions.ClientCertificates.allCases.map(\.rawValue)
            throw UsageError(
                "\(place) \"\(text)\": allowed: \(allowed.joined(separator: ", "))")
        }
        return mode
    }
}
