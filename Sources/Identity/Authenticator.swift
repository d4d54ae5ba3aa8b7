package import Base

/// Makes principals of credentials, by the one method that the server was configured with. Does no
/// I/O and knows no clock. Confined to whoever made it.
package struct Authenticator {
    package enum Method {
        /// Everybody is this principal.
        case none(Principal)
        case token(TokenStore)
        case jwt(JWTVerifier)
        /// Rules in order; the first that matches counts.
        case certificates([CertificateRule])
    }

    package var method: Method

    package init(_ method: Method) { self.method = method }

    /// Whether a principal may become another one while its call lives.
    package var canRefresh: Bool {
        switch method {
        case .token, .jwt: true
        case .none, .certificates: false
        }
    }

    /// `authorization`: all values of that metadata. `certificate`: the connection's, verified.
    package func principal(
        authorization: [String], certificate: PeerCertificate? = nil, now: Timestamp
    ) throws(CredentialError) -> Principal {
        switch method {
        case .none(let anybody): return anybody
        case .token, .jwt:
            let token = try BearerToken.parse(authorization: authorization)
            return try principal(token: token, now: now)
        case .certificates(let rules):
            guard let certificate else { throw .certificateMissing }
            // It was good when the connection began.
            if let expiry = certificate.expiry, now >= expiry { throw .certificateExpired }
            for rule in rules {
                if let principal = rule.principal(certificate) { return principal }
            }
            throw .certificateNotMapped
        }
    }

    /// What a principal becomes by a new token, given within its call. The subject stays: whoever
    /// is somebody else makes a new call.
    package func refresh(
        _ principal: Principal, token: String, now: Timestamp
    ) throws(CredentialError) -> Principal {
        switch method {
        case .none, .certificates: throw .refreshUnsupported
        case .token, .jwt:
            let token = try BearerToken.check(Array(token.utf8))
            let fresh = try self.principal(token: token, now: now)
            guard fresh.subject == principal.subject else { throw .subjectChanged }
            return fresh
        }
    }

    /// What a living principal is after tokens or keys were read again: a static token may be gone
    /// or stand for something else, and with a key goes what was signed with it. It may have been
    /// taken out because it was stolen.
    package func reconsider(_ principal: Principal) throws(CredentialError) -> Principal {
        switch (method, principal.origin) {
        case (.token(let store), .token(let digest)):
            guard let current = store.principal(digest: digest),
                current.subject == principal.subject
            else { throw .tokenUnknown }
            return current
        case (.jwt(let verifier), .jwt(let key)):
            guard verifier.trusts(key: key) else { throw .keyUnknown }
            return principal
        default: return principal
        }
    }

    private func principal(
        token: [UInt8], now: Timestamp
    ) throws(CredentialError) -> Principal {
        switch method {
        case .token(let store): try store.principal(token: token, now: now)
        case .jwt(let verifier): try verifier.principal(token: token, now: now)
        case .none, .certificates: throw .refreshUnsupported
        }
    }
}
