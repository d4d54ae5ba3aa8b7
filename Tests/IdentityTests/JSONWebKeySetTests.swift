import Testing

@testable import Identity

@Suite struct JSONWebKeySetTests {
    static let secret = #"{"kty":"oct","kid":"s","k":"\#(TokenMaker.encode(TokenMaker.secret))"}"#

    func set(_ keys: String...) throws -> JSONWebKeySet {
        try JSONWebKeySet(parsing: Fixtures.keySet(keys))
    }

    func refusal(_ keys: String...) -> JSONWebKeySetError? {
        do throws(JSONWebKeySetError) {
            _ = try JSONWebKeySet(parsing: Fixtures.keySet(keys))
            return nil
        } catch { return error }
    }

    @Test func `unknown keys are passed over with a warning`() throws {
        let set = try set(
            Self.secret, #"{"kty":"future","kid":"f"}"#,
            #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"X25519","x":"AA"}"#,
            #"{"kty":"RSA","use":"enc","n":"AA","e":"AQAB"}"#,
            #"{"kty":"oct","alg":"HS512","k":"\#(TokenMaker.encode(TokenMaker.secret))"}"#,
            #"{"kty":"oct","key_ops":["sign"],"k":"AA"}"#)
        #expect(set.count == 1)
        #expect(set.warnings.count == 6)
    }

    @Test func `a private part is not needed, and said so`() throws {
        let key = Fixtures.tokens[3].key.dropLast() + #","d":"AAAA"}"#
        #expect(try set(String(key)).warnings.count == 1)
    }

    @Test func `two keys of one name are refused`() {
        #expect(refusal(Self.secret, Self.secret) == .duplicate(id: "s"))
        #expect(refusal(Self.secret, #"{"kty":"future","kid":"s"}"#) == .duplicate(id: "s"))
    }

    @Test(arguments: [
        #"{"kid":"x"}"#, #"{"kty":"oct"}"#, #"{"kty":"oct","k":7}"#, #"{"kty":"oct","k":"A"}"#,
        #"{"kty":"oct","k":"AA=="}"#, #"{"kty":"RSA","n":"AQAB"}"#, #"{"kty":"oct","kid":7}"#,
        #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
        #"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
    ])
    func `a broken key spoils the set`(key: String) {
        guard case .key(1, _)? = refusal(Self.secret, key) else {
            Issue.record("\(key) was accepted")
            return
        }
    }

    @Test func `a point that is not on its curve is refused`() {
        let key = Fixtures.tokens[2].key
        let bent = key.replacing(#""x": "g"#, with: #""x": "h"#)
        #expect(bent != key)
        #expect(refusal(bent) == .key(0, .badMember("x or y")))
    }

    @Test func `secrets have 32 to 256 bytes`() {
        func key(_ count: Int) -> String {
            let text = TokenMaker.encode([UInt8](repeating: 1, count: count))
            return #"{"kty":"oct","k":"\#(text)"}"#
        }
        #expect(refusal(key(32)) == nil)
        #expect(refusal(key(256)) == nil)
        for count in [0, 31, 257] {
            guard case .key(0, .badSize)? = refusal(key(count)) else {
                Issue.record("a secret of \(count) bytes was accepted")
                continue
            }
        }
    }

    @Test func `RSA keys have 2048 to 8192 bits and an odd exponent above 1`() {
        guard case .key(0, .badSize)? = refusal(Fixtures.weakKey) else {
            Issue.record("1,024 bits were accepted")
            return
        }
        func key(bytes: Int, first: UInt8 = 0x80, exponent: [UInt8] = [1, 0, 1]) -> String {
            let modulus = [first] + [UInt8](repeating: 1, count: bytes - 1)
            return #"{"kty":"RSA","n":"\#(TokenMaker.encode(modulus))","#
                + #""e":"\#(TokenMaker.encode(exponent))"}"#
        }
        #expect(refusal(key(bytes: 256)) == nil)
        #expect(refusal(key(bytes: 1024)) == nil)
        #expect(refusal(key(bytes: 256, exponent: [3])) == nil)
        #expect(refusal(key(bytes: 256, first: 0x7F)) != nil)
        #expect(refusal(key(bytes: 1025)) != nil)
        for exponent: [UInt8] in [[], [0], [1], [0, 1], [2], [1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            #expect(refusal(key(bytes: 256, exponent: exponent)) != nil)
        }
    }

    @Test(arguments: [
        ("", JSONWebKeySetError.notJSON), ("{", .notJSON), ("[]", .notKeys), ("{}", .notKeys),
        (#"{"keys":{}}"#, .notKeys), (#"{"keys":[1]}"#, .notKeys), (#"{"keys":[]}"#, .empty),
        (#"{"keys":[],"keys":[]}"#, .notKeys), (#"{"keys":[{"kty":"x"}]}"#, .empty),
    ])
    func `what is no set of keys is named`(text: String, error: JSONWebKeySetError) {
        #expect(throws: error) { try JSONWebKeySet(parsing: Array(text.utf8)) }
    }

    @Test func `a key's name has 256 bytes at most, a file 1 MiB`() throws {
        func key(_ count: Int) -> String {
            Self.secret.replacing(#""s""#, with: "\"\(String(repeating: "s", count: count))\"")
        }
        #expect(refusal(key(256)) == nil)
        #expect(refusal(key(257)) == .key(0, .badMember("kid")))
        let file = Fixtures.keySet([Self.secret])
        let room = [UInt8](repeating: 0x20, count: JSONWebKeySet.fileBytesMax - file.count)
        #expect(try JSONWebKeySet(parsing: file + room).count == 1)
        #expect(throws: JSONWebKeySetError.notJSON) {
            try JSONWebKeySet(parsing: file + room + [0x20])
        }
    }

    @Test func `a set has 256 keys at most`() throws {
        let keys = (0...256).map { _ in #"{"kty":"future"}"# }
        let fits = Fixtures.keySet([Self.secret] + keys.prefix(255))
        #expect(try JSONWebKeySet(parsing: fits).count == 1)
        #expect(throws: JSONWebKeySetError.tooMany) {
            try JSONWebKeySet(parsing: Fixtures.keySet([Self.secret] + keys.prefix(256)))
        }
    }

    @Test func `a token without a key's name is checked by the only key that fits`() throws {
        let set = try set(Self.secret, Fixtures.tokens[1].key)
        #expect(try set.key(id: nil, algorithm: .hs256).id == "s")
        #expect(throws: CredentialError.keyUnknown) {
            try set.key(id: nil, algorithm: .es256)
        }
        let two = try self.set(Self.secret, Fixtures.tokens[0].key)
        #expect(throws: CredentialError.keyNotNamed) {
            try two.key(id: nil, algorithm: .hs256)
        }
    }
}
