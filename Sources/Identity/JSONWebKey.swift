internal import JSON

/// One key of a set that signatures can be checked with. Confined to whoever made it.
struct JSONWebKey {
    enum Material {
        case secret([UInt8])
        case publicKey(PublicKey)
    }

    /// `kid`; nil: only for tokens that name no key.
    let id: String?
    /// The one algorithm that the key is for.
    let algorithm: JWTAlgorithm
    let material: Material
    /// The key itself, whatever it is named.
    let fingerprint: Digest

    /// Bits of an RSA modulus. At least 2048 (RFC 7518 §3.3); at most 8192, whose check takes
    /// about 0.3 ms with the usual exponent, so that no key makes the server slow.
    static let modulusBits = 2048...8192
    /// A secret as long as the hash (RFC 7518 §3.2), up to four of its blocks.
    static let secretBytes = 32...256
    static let idBytesMax = 256

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch material {
        case .secret(let secret):
            Digest.areEqual(signature, Digest.authenticationCode(of: message, key: secret))
        case .publicKey(let key): key.verifies(signature, of: message)
        }
    }

    /// Nil: a key for something else, with the reason in `ignored`. Throws: a key that claims to
    /// be of use and is not.
    init?(_ object: JSONObject, ignored: inout String?) throws(JSONWebKeyError) {
        id = try Self.id(object["kid"])
        let use = object["use"]?.text
        let operations = object["key_ops"]?.texts
        if use != nil && use != "sig" || operations?.contains("verify") == false {
            ignored = "it is not for signatures"
            return nil
        }
        guard let type = object["kty"]?.text else { throw .noType }
        switch (type, object["crv"]?.text) {
        case ("oct", _):
            algorithm = .hs256
            material = .secret(try Self.secret(object))
        case ("RSA", _):
            algorithm = .rs256
            material = .publicKey(try Self.rsa(object))
        case ("EC", "P-256"):
            algorithm = .es256
            material = .publicKey(try Self.p256(object))
        case ("OKP", "Ed25519"):
            algorithm = .eddsa
            material = .publicKey(try Self.ed25519(object))
        default:
            ignored = "its type or curve is not supported"
            return nil
        }
        let members = ["k", "n", "e", "x", "y"].map { object[$0]?.text ?? "" }
        let text = ([algorithm.rawValue] + members).joined(separator: ",")
        fingerprint = Digest(of: Array(text.utf8))
        if let named = object["alg"], named.text != algorithm.rawValue {
            ignored = "it is for another algorithm than \(algorithm.rawValue)"
            return nil
        }
    }

    private static func id(_ value: JSONValue?) throws(JSONWebKeyError) -> String? {
        guard let value else { return nil }
        guard let text = value.text, text.utf8.count <= idBytesMax else { throw .badMember("kid") }
        return text
    }

    /// The bytes of a base64url member.
    private static func bytes(
        _ name: String, of object: JSONObject
    ) throws(JSONWebKeyError) -> [UInt8] {
        guard let text = object[name]?.text, let bytes = Base64URL.decode(text.utf8) else {
            throw .badMember(name)
        }
        return bytes
    }

    private static func secret(_ object: JSONObject) throws(JSONWebKeyError) -> [UInt8] {
        let secret = try bytes("k", of: object)
        guard secretBytes.contains(secret.count) else {
            throw .badSize("a secret of \(secret.count) bytes; \(range(secretBytes)) are allowed")
        }
        return secret
    }

    private static func rsa(_ object: JSONObject) throws(JSONWebKeyError) -> PublicKey {
        let modulus = Array(try bytes("n", of: object).drop { $0 == 0 })
        let exponent = try bytes("e", of: object)
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard modulusBits.contains(bits) else {
            throw .badSize("an RSA key of \(bits) bits; \(range(modulusBits)) are allowed")
        }
        // An even number divides by two; 1 would make every padding its own signature. 64 bits are
        // what verifiers take everywhere.
        let number = exponent.drop { $0 == 0 }
        guard let last = number.last, last % 2 == 1, number.count <= 8, Array(number) != [1],
            modulus.last.map({ $0 % 2 == 1 }) == true,
            let key = PublicKey.rsa(modulus: modulus, exponent: exponent)
        else { throw .badMember("n or e") }
        return key
    }

    private static func p256(_ object: JSONObject) throws(JSONWebKeyError) -> PublicKey {
        let (x, y) = (try bytes("x", of: object), try bytes("y", of: object))
        guard let key = PublicKey.p256(x: x, y: y) else { throw .badMember("x or y") }
        return key
    }

    private static func ed25519(_ object: JSONObject) throws(JSONWebKeyError) -> PublicKey {
        guard let key = PublicKey.ed25519(try bytes("x", of: object)) else {
            throw .badMember("x")
        }
        return key
    }

    private static func range(_ range: ClosedRange<Int>) -> String {
        "\(range.lowerBound) to \(range.upperBound)"
    }
}

/// Why a key of a set is not used. Never repeats key material.
package enum JSONWebKeyError: Error, Equatable, Sendable, CustomStringConvertible {
    case noType
    case badMember(String)
    case badSize(String)

    package var description: String {
        switch self {
        case .noType: "no key type (kty)"
        case .badMember(let name): "\(name) is missing or not what RFC 7518 says"
        case .badSize(let what): what
        }
    }
}
