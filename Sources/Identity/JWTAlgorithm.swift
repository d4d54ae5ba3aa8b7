/// The signatures that are understood (RFC 7518 §3.1, RFC 8037 §3.1). Each belongs to one kind of
/// key, so that no key can be used for an algorithm it was not made for.
package enum JWTAlgorithm: String, CaseIterable, Sendable {
    /// HMAC with SHA-256: whoever can check can also sign.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA with P-256 and SHA-256.
    case es256 = "ES256"
    /// Ed25519.
    case eddsa = "EdDSA"

    package static let known = allCases.map(\.rawValue).joined(separator: ", ")
}
