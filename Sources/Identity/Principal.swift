package import Base

/// Who calls, and what they may do. Made by an `Authenticator`, never by a caller's word alone.
package struct Principal: Equatable, Sendable {
    /// How we came to believe it.
    package enum Origin: Equatable, Sendable {
        /// Nobody was asked.
        case none
        /// A static token, known by its digest.
        case token(Digest)
        /// A JSON Web Token, signed with the key of this fingerprint.
        case jwt(key: Digest)
        case certificate
    }

    /// Longest subject. Default 256 bytes: a distinguished name of a certificate.
    package static let subjectBytesMax = 256

    /// A name for logs and for telling principals apart; not a secret.
    package var subject: String
    package var roles: RoleSet
    package var topics: TopicGrants
    /// When the credentials end by their own word; nil: never.
    package var expiry: Timestamp?
    package var origin: Origin

    package init(
        subject: String, roles: RoleSet, topics: TopicGrants, expiry: Timestamp? = nil,
        origin: Origin
    ) {
        self.subject = subject
        self.roles = roles
        self.topics = topics
        self.expiry = expiry
        self.origin = origin
    }

    /// Whoever calls a server that asks nobody. What changes the server or touches liquidations
    /// needs a named principal, always.
    package static func anonymous(_ roles: RoleSet, topics: TopicGrants) -> Principal {
        Principal(subject: "anonymous", roles: roles, topics: topics, origin: .none)
    }
}
