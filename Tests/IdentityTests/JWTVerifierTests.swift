import Base
import Testing

@testable import Identity

@Suite struct JWTVerifierTests {
    static let good = #""sub":"ada","exp":\#(TokenMaker.at(60))"#

    func outcome(
        _ token: String, _ rules: JWTRules = JWTRules(), at now: Timestamp = TokenMaker.now
    ) throws -> Result<Principal, CredentialError> {
        let verifier = try TokenMaker.verifier(rules)
        return Result { () throws(CredentialError) in
            try verifier.principal(token: Array(token.utf8), now: now)
        }
    }

    func outcome(
        claims: String, _ rules: JWTRules = JWTRules(), at now: Timestamp = TokenMaker.now
    ) throws -> Result<Principal, CredentialError> {
        try outcome(TokenMaker().token("{\(claims)}"), rules, at: now)
    }

    func refusal(
        claims: String, _ rules: JWTRules = JWTRules(), at now: Timestamp = TokenMaker.now
    ) throws -> CredentialError? {
        try outcome(claims: claims, rules, at: now).refusal
    }

    // MARK: Signatures

    @Test(arguments: Fixtures.examples)
    func `the examples of the RFCs verify, and not with a byte changed`(
        example: Fixtures.Example
    ) throws {
        let set = try JSONWebKeySet(parsing: Fixtures.keySet([example.key]))
        let algorithm = try #require(JWTAlgorithm(rawValue: example.algorithm))
        let key = try set.key(id: nil, algorithm: algorithm)
        let parts = example.token.utf8.split(separator: UInt8(ascii: "."))
        var message = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
        var signature = try #require(Base64URL.decode(parts[2]))
        #expect(key.verifies(signature, of: message))
        for index in signature.indices {
            signature[index] ^= 1
            #expect(!key.verifies(signature, of: message))
            signature[index] ^= 1
        }
        #expect(!key.verifies(signature + [0], of: message))
        #expect(!key.verifies(signature.dropLast(), of: message))
        #expect(!key.verifies([], of: message))
        message[3] ^= 1
        #expect(!key.verifies(signature, of: message))
    }

    @Test(arguments: Fixtures.tokens)
    func `tokens that another library made are believed`(example: Fixtures.Example) throws {
        var rules = JWTRules()
        rules.audiences = ["penstock", "other"]
        rules.issuers = ["tests"]
        let verifier = JWTVerifier(
            keys: try JSONWebKeySet(parsing: Fixtures.keySet), rules: rules)
        for _ in 0..<2 {  // the second time from memory
            let principal = try verifier.principal(
                token: Array(example.token.utf8), now: TokenMaker.now)
            #expect(principal.subject == "ada")
            #expect(principal.roles == RoleSet([.viewer, .operator]))
            #expect(principal.topics.allows("tick:binance:ETH/USDT"))
            #expect(principal.topics.allows("book:binance:BTC/USDT"))
            #expect(!principal.topics.allows("book:binance:ETH/USDT"))
            #expect(principal.expiry == Timestamp(milliseconds: 4_000_000_000_000))
            let key = try JSONWebKeySet(parsing: Fixtures.keySet([example.key]))
                .key(id: nil, algorithm: #require(JWTAlgorithm(rawValue: example.algorithm)))
            #expect(principal.origin == .jwt(key: key.fingerprint))
        }
    }

    @Test func `no algorithm is trusted because a token says so`() throws {
        for header in [#"{"alg":"none"}"#, #"{"alg":"None","kid":"k"}"#, #"{"alg":"HS512"}"#] {
            let token = TokenMaker(header: header).token("{\(Self.good)}")
            #expect(try outcome(token).refusal == .algorithmUnsupported)
            let unsigned = token.prefix(through: token.lastIndex(of: ".") ?? token.startIndex)
            #expect(try outcome(String(unsigned)).refusal == .algorithmUnsupported)
        }
    }

    @Test func `a public key is never used as a secret`() throws {
        let rsa = Fixtures.tokens[1]
        let verifier = JWTVerifier(keys: try JSONWebKeySet(parsing: Fixtures.keySet([rsa.key])))
        for key in [Array(rsa.key.utf8), TokenMaker.secret] {
            let maker = TokenMaker(header: #"{"alg":"HS256","kid":"rs"}"#, key: key)
            let token = Array(maker.token("{\(Self.good)}").utf8)
            #expect(throws: CredentialError.keyMismatch) {
                try verifier.principal(token: token, now: TokenMaker.now)
            }
        }
        let nameless = TokenMaker(header: #"{"alg":"HS256"}"#).token("{\(Self.good)}")
        #expect(throws: CredentialError.keyUnknown) {
            try verifier.principal(token: Array(nameless.utf8), now: TokenMaker.now)
        }
    }

    @Test func `an algorithm outside the configured ones is refused`() throws {
        var rules = JWTRules()
        rules.algorithms = [.rs256, .eddsa]
        #expect(try refusal(claims: Self.good, rules) == .algorithmNotAllowed)
    }

    @Test(arguments: [
        (#"{"alg":"HS256","kid":"k","crit":["exp"]}"#, CredentialError.criticalHeader),
        (#"{"alg":"HS256","kid":"k","crit":[]}"#, .criticalHeader),
        (#"{"alg":"HS256","kid":"other"}"#, .keyUnknown),
        (#"{"alg":"HS256","kid":7}"#, .tokenMalformed),
        (#"{"alg":"HS256","alg":"HS256","kid":"k"}"#, .tokenMalformed),
        (#"{"alg":7}"#, .tokenMalformed), (#"{}"#, .tokenMalformed), ("[]", .tokenMalformed),
        ("", .tokenMalformed), (#"{"alg":"RS256","kid":"k"}"#, .keyMismatch),
    ])
    func `a header that is not plain is refused`(header: String, error: CredentialError) throws {
        #expect(try outcome(TokenMaker(header: header).token("{\(Self.good)}")).refusal == error)
    }

    @Test func `a token's type and its own keys are passed over`() throws {
        let header = #"{"alg":"HS256","typ":"at+jwt","jku":"http://x","jwk":{"kty":"oct"}}"#
        let token = TokenMaker(header: header).token("{\(Self.good)}")
        #expect(try outcome(token).refusal == nil)
    }

    @Test func `a forged signature is refused`() throws {
        let token = TokenMaker(key: [UInt8](repeating: 8, count: 32)).token("{\(Self.good)}")
        #expect(try outcome(token).refusal == .signatureInvalid)
    }

    @Test(arguments: [
        "", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "e30..e30", "e30=.e30.e30", "e 30.e30.e30",
        "e31.e30.e30", "ä.e30.e30",
    ])
    func `what is no compact token is malformed`(text: String) throws {
        #expect(try outcome(text).refusal == .tokenMalformed)
    }

    @Test func `8 KiB of token are read, a byte more is not`() throws {
        let header = #"{"alg":"HS256"}"#
        func sized(_ filler: Int) -> String {
            TokenMaker(header: header).token(
                "{\(Self.good),\"x\":\"\(String(repeating: "y", count: filler))\"}")
        }
        let base = sized(0).utf8.count
        let filler = (BearerToken.bytesMax - base) / 4 * 3
        let token = sized(filler)
        #expect(token.utf8.count > BearerToken.bytesMax - 4)
        #expect(try outcome(token).refusal == nil)
        #expect(try outcome(sized(filler + 6)).refusal == .tokenTooLong)
    }

    // MARK: Claims

    @Test func `expiry is required, judged with the skew, and may have a fraction`() throws {
        #expect(try refusal(claims: #""sub":"a""#) == .expiryMissing)
        var rules = JWTRules()
        rules.requiresExpiry = false
        #expect(try refusal(claims: #""sub":"a""#, rules) == nil)
        let claims = #""sub":"a","exp":\#(TokenMaker.at(0))"#
        #expect(try refusal(claims: claims, at: TokenMaker.now + .seconds(29)) == nil)
        #expect(try refusal(claims: claims, at: TokenMaker.now + .seconds(30)) == .tokenExpired)
        rules.clockSkew = .zero
        #expect(try refusal(claims: claims, rules) == .tokenExpired)
        let half = #""sub":"a","exp":\#(TokenMaker.at(0)).5"#
        #expect(try refusal(claims: half, rules) == nil)
        let after = TokenMaker.now + .milliseconds(500)
        #expect(try refusal(claims: half, rules, at: after) == .tokenExpired)
    }

    @Test(arguments: [
        "9223372036854775807", "18446744073709551615", "1e300", "9223372036.9", "1e12",
    ])
    func `a time beyond all clocks is far in the future, not an overflow`(number: String) throws {
        #expect(try refusal(claims: #""sub":"a","exp":\#(number)"#) == nil)
        #expect(
            try refusal(claims: "\(Self.good),\"nbf\":\(number)") == .notYetValid)
    }

    @Test(arguments: ["-9223372036854775808", "-1e300", "-1", "0", "1e-300"])
    func `a time before all clocks is long past, not an overflow`(number: String) throws {
        #expect(try refusal(claims: #""sub":"a","exp":\#(number)"#) == .tokenExpired)
        #expect(try refusal(claims: "\(Self.good),\"nbf\":\(number)") == nil)
    }

    @Test func `expiry is judged again when a token is presented again`() throws {
        let verifier = try TokenMaker.verifier()
        let token = Array(TokenMaker().token("{\(Self.good)}").utf8)
        _ = try verifier.principal(token: token, now: TokenMaker.now)
        #expect(throws: CredentialError.tokenExpired) {
            try verifier.principal(token: token, now: TokenMaker.now + .seconds(90))
        }
    }

    @Test func `a token from the future waits, within the skew it does not`() throws {
        for (claim, error) in [
            ("nbf", CredentialError.notYetValid), ("iat", CredentialError.issuedInFuture),
        ] {
            let near = "\(Self.good),\"\(claim)\":\(TokenMaker.at(30))"
            let far = "\(Self.good),\"\(claim)\":\(TokenMaker.at(31))"
            #expect(try refusal(claims: near) == nil)
            #expect(try refusal(claims: far) == error)
        }
    }

    @Test func `a token is for one of our audiences, and for nobody else when we have none`() throws
    {
        var rules = JWTRules()
        rules.audiences = ["us"]
        for audience in [#""us""#, #"["them","us"]"#] {
            #expect(try refusal(claims: "\(Self.good),\"aud\":\(audience)", rules) == nil)
            #expect(
                try refusal(claims: "\(Self.good),\"aud\":\(audience)") == .audienceMismatch)
        }
        for audience in [#""them""#, #"["them"]"#, "[]", #""""#] {
            #expect(
                try refusal(claims: "\(Self.good),\"aud\":\(audience)", rules)
                    == .audienceMismatch)
        }
        #expect(try refusal(claims: Self.good, rules) == .audienceMismatch)
        #expect(try refusal(claims: "\(Self.good),\"aud\":[1]", rules) == .claimInvalid)
    }

    @Test func `a configured issuer must be the token's`() throws {
        var rules = JWTRules()
        rules.issuers = ["https://id.example"]
        #expect(try refusal(claims: "\(Self.good),\"iss\":\"https://id.example\"", rules) == nil)
        #expect(try refusal(claims: "\(Self.good),\"iss\":\"other\"", rules) == .issuerMismatch)
        #expect(try refusal(claims: Self.good, rules) == .issuerMismatch)
        #expect(try refusal(claims: "\(Self.good),\"iss\":\"other\"") == nil)
    }

    @Test(arguments: [
        (#""exp":4000000000"#, CredentialError.subjectMissing),
        (#""sub":"","exp":4000000000"#, .subjectMissing),
        (#""sub":7,"exp":4000000000"#, .claimInvalid),
        (#""sub":"a","exp":"4000000000""#, .claimInvalid),
        (#""sub":"a","exp":null"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"nbf":true"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"iat":"x""#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"iss":7"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"roles":7"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"roles":["viewer",7]"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"topics":{}"#, .claimInvalid),
        (#""sub":"a","exp":4000000000,"topics":"tick::""#, .topicsInvalid),
        (#""sub":"a","sub":"b","exp":4000000000"#, .tokenMalformed),
        (#""sub":"a","exp":4000000000,"#, .tokenMalformed),
    ])
    func `a claim of the wrong kind is refused`(claims: String, error: CredentialError) throws {
        #expect(try refusal(claims: claims) == error)
    }

    @Test func `a subject has 256 bytes at most`() throws {
        func claims(_ count: Int) -> String {
            #""exp":4000000000,"sub":"\#(String(repeating: "s", count: count))""#
        }
        #expect(try refusal(claims: claims(256)) == nil)
        #expect(try refusal(claims: claims(257)) == .claimInvalid)
    }

    @Test(arguments: [#"["producer","unknown"]"#, #""unknown  producer""#])
    func `roles are a list or words, and unknown ones give nothing`(roles: String) throws {
        let principal = try outcome(claims: "\(Self.good),\"roles\":\(roles)").get()
        #expect(principal.roles == RoleSet([.producer]))
    }

    @Test func `absent claims get the defaults, empty ones get nothing`() throws {
        let plain = try outcome(claims: Self.good).get()
        #expect(plain.roles == RoleSet([.viewer]))
        #expect(plain.topics == .everythingPublic)
        let bare = try outcome(claims: #"\#(Self.good),"roles":[],"topics":"""#).get()
        #expect(bare.roles.isEmpty)
        #expect(bare.topics == .nothing)
    }

    @Test func `claims have the configured names`() throws {
        var rules = JWTRules()
        rules.rolesClaim = "https://penstock/roles"
        rules.topicsClaim = "scope"
        let claims =
            #"\#(Self.good),"roles":["admin"],"https://penstock/roles":["viewer"],"#
            + #""scope":"tick:**""#
        let principal = try outcome(claims: claims, rules).get()
        #expect(principal.roles == RoleSet([.viewer]))
        #expect(principal.topics.patterns.map(\.text) == ["tick:**"])
    }

    @Test func `every refusal has a reason and a sentence of its own`() {
        let all = CredentialError.allCases
        #expect(Set(all.map(\.reason)).count == all.count)
        #expect(Set(all.map(\.description)).count == all.count)
        for error in all {
            #expect(error.reason.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 })
        }
    }
}

extension Result where Failure == CredentialError {
    var refusal: CredentialError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
