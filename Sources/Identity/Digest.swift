internal import Base
internal import COpenSSL

/// A SHA-256 digest (FIPS 180-4). Secrets are kept and looked up as such, so that neither memory
/// nor timing tells them.
package struct Digest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Of exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        words = bytes.withRawSpan { span in
            (
                span.bigEndian(0, as: UInt64.self), span.bigEndian(8, as: UInt64.self),
                span.bigEndian(16, as: UInt64.self), span.bigEndian(24, as: UInt64.self)
            )
        }
    }

    package init(of message: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: 32)
        let isMade = unsafe EVP_Digest(message, message.count, &bytes, nil, EVP_sha256(), nil)
        guard isMade == 1, let digest = Digest(bytes: bytes) else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        self = digest
    }

    /// HMAC with SHA-256 (RFC 2104).
    package static func authenticationCode(of message: some Collection<UInt8>, key: [UInt8])
        -> [UInt8]
    {
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let made = unsafe HMAC(
            EVP_sha256(), key, Int32(key.count), Array(message), message.count, &code, &count)
        guard unsafe made != nil, count == 32 else { preconditionFailure("OpenSSL has no HMAC") }
        return code
    }

    /// Whether both are the same, in a time that depends on their length alone.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }

    package static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
