import Base
import Identity

/// Nobody is believed whose token was not signed, and whatever is signed gets an answer. The first
/// byte chooses what the rest is.
enum IdentityTarget {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)
    private static let secret = [UInt8](repeating: 7, count: 32)

    /// A key of each kind: a secret, and those of RFC 7515 A.3 and RFC 8037 A.2.
    private static let keys = #"""
        {"keys":[{"kty":"oct","kid":"k","k":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"},
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """#

    static func run(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let bytes = input.extracting(1..<input.byteCount).copyBytes()
        switch input.byte(0) % 5 {
        case 0:
            let text = String(decoding: bytes, as: UTF8.self)
            for fields in [
                ["Bearer \(text)"], [text], text.split(separator: "\n").map(String.init),
            ] {
                precondition(principal(fields) == nil, "a token was believed that nobody signed")
            }
        case 1: judge(claims: bytes)
        case 2: _ = try? JSONWebKeySet(parsing: bytes)
        case 3: _ = try? TokenStore(parsing: bytes)
        default: match(bytes)
        }
    }

    private static func principal(_ authorization: [String]) -> Principal? {
        guard let keys = try? JSONWebKeySet(parsing: Array(keys.utf8)) else {
            preconditionFailure("the keys are none")
        }
        return try? Authenticator(.jwt(JWTVerifier(keys: keys)))
            .principal(authorization: authorization, now: now)
    }

    /// Signs whatever it gets.
    private static func judge(claims: [UInt8]) {
        let signed = encode(Array(#"{"alg":"HS256","kid":"k"}"#.utf8)) + "." + encode(claims)
        let code = Digest.authenticationCode(of: Array(signed.utf8), key: secret)
        guard let principal = principal(["Bearer \(signed).\(encode(code))"]) else { return }
        precondition(!principal.subject.isEmpty, "somebody without a name")
        precondition(principal.subject.utf8.count <= Principal.subjectBytesMax, "a name too long")
        precondition(principal.topics.patterns.count <= TopicGrants.patternsMax, "too many topics")
        guard let expiry = principal.expiry, expiry + .seconds(30) > now else {
            preconditionFailure("an expired token was believed")
        }
    }

    /// A pattern and a name, divided by a line feed. What has no star in it is its own only match.
    private static func match(_ bytes: [UInt8]) {
        let parts = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let (text, name) = (
            String(decoding: parts[0], as: UTF8.self),
            String(decoding: parts.last ?? [], as: UTF8.self)
        )
        guard let pattern = try? TopicPattern(parsing: text) else { return }
        let isMatch = pattern.matches(name)
        if !text.contains("*") {
            precondition(isMatch == text.utf8.elementsEqual(name.utf8), "\(text) and \(name)")
        }
        if isMatch && !text.hasSuffix("**") {
            func depth(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: ":") } }
            precondition(depth(text) == depth(name), "\(text) reached out of a part of \(name)")
        }
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes, padding: false)
        return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
