internal import FoundationEssentials
internal import Identity
internal import Runtime

extension AuthConfiguration {
    /// What the files of the mode hold: read once, so that every loop judges by the same, also when
    /// a file changes meanwhile.
    struct Credentials: Sendable {
        fileprivate var tokens: [UInt8] = []
        fileprivate var keys: [UInt8] = []
    }

    /// Reads the files of the mode. Blocks meanwhile; called at the start and at SIGHUP.
    func readCredentials(at place: String) throws(UsageError) -> Credentials {
        try checkFiles(at: place)
        var credentials = Credentials()
        if let tokensFile { credentials.tokens = try Self.read(tokensFile, at: place) }
        if let keysFile { credentials.keys = try Self.read(keysFile, at: place) }
        return credentials
    }

    /// Of the same credentials it is always the same, or the same failure. `warn` is told what
    /// whoever keeps the files should know.
    func makeAuthenticator(
        _ credentials: Credentials, listen: SocketAddress, at place: String,
        warn: (String) -> Void = { _ in }
    ) throws(UsageError) -> Authenticator {
        switch mode {
        case .none:
            guard listen.isLoopback || isNoneForced else { throw Self.isOpen(listen, at: place) }
            // Looking into the server is for this machine; changing it needs a name everywhere.
            let roles = RoleSet(listen.isLoopback ? [.operator] : [.viewer])
            return Authenticator(.none(.anonymous(roles, topics: rules.defaults.topics)))
        case .token: return Authenticator(.token(try tokens(credentials.tokens, at: place)))
        case .jwt:
            let keys = try keys(credentials.keys, at: place)
            keys.warnings.forEach(warn)
            return Authenticator(.jwt(JWTVerifier(keys: keys, rules: rules)))
        case .mtls:
            guard !certificates.isEmpty else {
                throw UsageError(
                    "\(place): auth.mode \"mtls\" needs auth.certificates, rules such as "
                        + "{ commonName: \"bot-*\", roles: [\"viewer\"] }")
            }
            return Authenticator(.certificates(certificates))
        }
    }

    /// The files that a reload reads.
    var files: [String] { [tokensFile, keysFile].compactMap { $0 } }

    private static func isOpen(_ listen: SocketAddress, at place: String) -> UsageError {
        UsageError(
            "\(place): without authentication everybody who can reach \(listen) could read; "
                + "choose --auth token, jwt or mtls, listen on 127.0.0.1, or insist with "
                + "--auth-force-none (auth.forceNone)")
    }

    private func checkFiles(at place: String) throws(UsageError) {
        if tokensFile != nil && mode != .token {
            throw UsageError("\(place): a file of tokens is for --auth token, not \(mode)")
        }
        if keysFile != nil && mode != .jwt {
            throw UsageError("\(place): a JSON Web Key Set is for --auth jwt, not \(mode)")
        }
    }

    private func tokens(_ bytes: [UInt8], at place: String) throws(UsageError) -> TokenStore {
        guard let tokensFile else {
            throw UsageError("\(place): --auth token needs --auth-tokens FILE (auth.tokensFile)")
        }
        do throws(TokenStoreError) {
            return try TokenStore(parsing: bytes, defaults: rules.defaults)
        } catch {
            throw UsageError("\(place): \(tokensFile): \(error)")
        }
    }

    private func keys(_ bytes: [UInt8], at place: String) throws(UsageError) -> JSONWebKeySet {
        guard let keysFile else {
            throw UsageError("\(place): --auth jwt needs --auth-jwks FILE (auth.jwksFile)")
        }
        do throws(JSONWebKeySetError) {
            return try JSONWebKeySet(parsing: bytes)
        } catch {
            throw UsageError("\(place): \(keysFile): \(error)")
        }
    }

    private static func read(_ path: String, at place: String) throws(UsageError) -> [UInt8] {
        do { return [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
            throw UsageError("\(place): \(path): the file cannot be read")
        }
    }
}
