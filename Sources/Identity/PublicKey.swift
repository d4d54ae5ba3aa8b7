internal import COpenSSL

/// A public key that signatures are checked with. Owns OpenSSL's. Confined to whoever made it.
///
/// Keys are handed to OpenSSL as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), the one form that all
/// kinds share; it refuses points that are not on their curve.
@safe
final class PublicKey {
    enum Kind: Equatable { case rsa, p256, ed25519 }

    let kind: Kind
    private let key: OpaquePointer

    private init?(_ kind: Kind, information: [UInt8]) {
        let key = unsafe information.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return unsafe d2i_PUBKEY(nil, &start, bytes.count)
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        self.kind = kind
        unsafe self.key = unsafe key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// RFC 8017; both numbers with the most significant byte first.
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> PublicKey? {
        let numbers = DER.sequence(DER.integer(modulus), DER.integer(exponent))
        return PublicKey(
            .rsa,
            information: DER.sequence(
                DER.sequence(DER.rsaEncryption, DER.null), DER.bitString(numbers)))
    }

    /// A point of NIST's P-256; each coordinate has 32 bytes.
    static func p256(x: [UInt8], y: [UInt8]) -> PublicKey? {
        guard x.count == 32, y.count == 32 else { return nil }
        return PublicKey(
            .p256,
            information: DER.sequence(
                DER.sequence(DER.ellipticCurveKey, DER.p256), DER.bitString([4] + x + y)))
    }

    /// RFC 8032; 32 bytes.
    static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
        guard bytes.count == 32 else { return nil }
        return PublicKey(
            .ed25519,
            information: DER.sequence(DER.sequence(DER.ed25519), DER.bitString(bytes)))
    }

    /// Whether a signature as JWS writes it (RFC 7518 §3.3, §3.4; RFC 8037 §3.1) is the message's.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch kind {
        case .rsa: return check(signature, message, isHashed: true)
        case .p256:
            guard signature.count == 64 else { return false }
            let numbers = DER.sequence(
                DER.integer(signature[..<32]), DER.integer(signature[32...]))
            return check(numbers, message, isHashed: true)
        case .ed25519:
            return signature.count == 64 && check(signature, message, isHashed: false)
        }
    }

    private func check(_ signature: [UInt8], _ message: [UInt8], isHashed: Bool) -> Bool {
        // What failed here is no business of the next TLS session on this thread.
        defer { ERR_clear_error() }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let hash = unsafe isHashed ? EVP_sha256() : nil
        guard unsafe EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        return unsafe EVP_DigestVerify(
            context, signature, signature.count, message, message.count) == 1
    }
}
