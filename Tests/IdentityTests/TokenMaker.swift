import Base

@testable import Identity

/// Makes tokens with HMAC, so that a test can say exactly what is in them.
struct TokenMaker {
    static let secret = [UInt8](repeating: 7, count: 32)
    static let now = Timestamp(milliseconds: 1_800_000_000_000)

    var header = #"{"alg":"HS256","kid":"k"}"#
    var key = TokenMaker.secret

    static func encode(_ bytes: [UInt8]) -> String {
        String(
            Base64.encode(bytes, padding: false).map {
                $0 == "+" ? "-" : $0 == "/" ? "_" : $0
            })
    }

    static var keySet: String {
        #"{"keys":[{"kty":"oct","kid":"k","k":"\#(encode(secret))"}]}"#
    }

    func token(_ claims: String) -> String {
        let signed = Self.encode(Array(header.utf8)) + "." + Self.encode(Array(claims.utf8))
        let code = Digest.authenticationCode(of: Array(signed.utf8), key: key)
        return signed + "." + Self.encode(code)
    }

    /// Seconds from `now`, as a claim has them.
    static func at(_ seconds: Int64) -> Int64 { now.nanoseconds / 1_000_000_000 + seconds }

    static func verifier(_ rules: JWTRules = JWTRules()) throws -> JWTVerifier {
        JWTVerifier(keys: try JSONWebKeySet(parsing: Array(keySet.utf8)), rules: rules)
    }
}
