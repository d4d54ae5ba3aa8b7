import Base
import Testing

@testable import Identity

/// Hostile bytes: everything gets an answer, and nothing that was tampered with is believed.
@Suite struct MutationTests {
    static let mutations = 10_000

    private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + Int.random(in: 0..<3, using: &random)) {
            guard !bytes.isEmpty else { return bytes }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = .random(in: 0...255, using: &random)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(.random(in: 0x20...0x7E, using: &random), at: place)
            case 4: bytes.removeSubrange(place...)
            default:
                let other = Int.random(in: 0..<bytes.count, using: &random)
                bytes.swapAt(place, other)
            }
        }
        return bytes
    }

    @Test(arguments: Fixtures.tokens)
    func `no tampered token is believed`(example: Fixtures.Example) throws {
        var rules = JWTRules()
        rules.audiences = ["penstock"]
        let verifier = JWTVerifier(
            keys: try JSONWebKeySet(parsing: Fixtures.keySet), rules: rules)
        let token = Array(example.token.utf8)
        _ = try verifier.principal(token: token, now: TokenMaker.now)
        var random = SeededRandom(seed: 7)
        for _ in 0..<Self.mutations {
            let changed = mutated(token, &random)
            guard changed != token else { continue }
            if (try? verifier.principal(token: changed, now: TokenMaker.now)) != nil {
                Issue.record("believed: \(String(decoding: changed, as: UTF8.self))")
            }
        }
    }

    @Test func `any signed claims get an answer`() throws {
        let verifier = try TokenMaker.verifier()
        let claims = Array(
            #"{"sub":"ada","exp":4000000000.5,"nbf":1,"iat":2,"aud":["x"],"roles":["viewer"]}"#.utf8
        )
        let header = Array(#"{"alg":"HS256","kid":"k","typ":"JWT","crit":["b64"]}"#.utf8)
        var random = SeededRandom(seed: 8)
        for round in 0..<Self.mutations {
            let signed =
                TokenMaker.encode(round % 2 == 0 ? mutated(header, &random) : header) + "."
                + TokenMaker.encode(mutated(claims, &random))
            let code = Digest.authenticationCode(of: Array(signed.utf8), key: TokenMaker.secret)
            let token = Array((signed + "." + TokenMaker.encode(code)).utf8)
            _ = try? verifier.principal(token: token, now: TokenMaker.now)
        }
    }

    @Test func `a tampered set of keys is refused or believes no stranger`() throws {
        var random = SeededRandom(seed: 9)
        let stranger = Array(
            TokenMaker(header: #"{"alg":"HS256"}"#).token(#"{"sub":"eve","exp":4000000000}"#).utf8)
        for _ in 0..<Self.mutations {
            let bytes = mutated(Fixtures.keySet, &random)
            guard let keys = try? JSONWebKeySet(parsing: bytes) else { continue }
            let verifier = JWTVerifier(keys: keys)
            #expect(throws: CredentialError.self) {
                try verifier.principal(token: stranger, now: TokenMaker.now)
            }
            for example in Fixtures.tokens {
                _ = try? verifier.principal(
                    token: Array(example.token.utf8), now: TokenMaker.now)
            }
        }
    }

    @Test func `any bytes are a file of tokens or none`() {
        var random = SeededRandom(seed: 10)
        let file = Array(#"{"tokens":[\#(AuthenticatorTests.entry)]}"#.utf8)
        for _ in 0..<Self.mutations { _ = try? TokenStore(parsing: mutated(file, &random)) }
    }
}
