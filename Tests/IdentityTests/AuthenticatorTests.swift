import Base
import Testing

@testable import Identity

@Suite struct AuthenticatorTests {
    static let entry = #"{"subject":"ada","token":"0123456789abcdef","roles":["viewer"]}"#

    func store(_ entries: String = entry) throws -> TokenStore {
        try TokenStore(parsing: Array(#"{"tokens":[\#(entries)]}"#.utf8))
    }

    func refusal(
        _ authenticator: Authenticator, _ authorization: [String],
        _ certificate: PeerCertificate? = nil
    ) -> CredentialError? {
        do throws(CredentialError) {
            _ = try authenticator.principal(
                authorization: authorization, certificate: certificate, now: TokenMaker.now)
            return nil
        } catch { return error }
    }

    @Test func `a bearer token is read from the metadata, whatever the scheme's case`() throws {
        let authenticator = Authenticator(.token(try store()))
        for scheme in ["Bearer ", "bearer ", "BEARER   "] {
            #expect(refusal(authenticator, [scheme + "0123456789abcdef"]) == nil)
        }
    }

    @Test(arguments: [
        ([], CredentialError.tokenMissing), (["Bearer x", "Bearer x"], .tokenAmbiguous),
        (["0123456789abcdef"], .schemeUnsupported), (["Basic abc"], .schemeUnsupported),
        ([""], .schemeUnsupported), (["Bearer"], .schemeUnsupported),
        (["Bearer "], .schemeUnsupported), (["Bearer  "], .tokenMissing),
        (["Bearer x"], .tokenUnknown),
        (["Bearer " + String(repeating: "x", count: 8193)], .tokenTooLong),
        (["Bearer " + String(repeating: "x", count: 8192)], .tokenUnknown),
    ])
    func `credentials that are none are told apart`(
        authorization: [String], error: CredentialError
    ) throws {
        #expect(refusal(Authenticator(.token(try store())), authorization) == error)
    }

    @Test func `without authentication everybody is the configured one`() throws {
        let anybody = Principal.anonymous(RoleSet([.viewer]), topics: .everythingPublic)
        let authenticator = Authenticator(.none(anybody))
        #expect(
            try authenticator.principal(authorization: ["nonsense"], now: TokenMaker.now)
                == anybody)
        #expect(throws: CredentialError.refreshUnsupported) {
            try authenticator.refresh(anybody, token: "x", now: TokenMaker.now)
        }
    }

    @Test func `a refresh takes a good token of the same subject only`() throws {
        let authenticator = Authenticator(.jwt(try TokenMaker.verifier()))
        func token(_ subject: String, _ seconds: Int64, _ topics: String) -> String {
            TokenMaker().token(
                #"{"sub":"\#(subject)","exp":\#(TokenMaker.at(seconds)),"topics":"\#(topics)"}"#)
        }
        let now = TokenMaker.now
        let first = try authenticator.principal(
            authorization: ["Bearer " + token("ada", 10, "tick:**")], now: now)
        let fresh = try authenticator.refresh(
            first, token: token("ada", 600, "book:**"), now: now)
        #expect(fresh.expiry == now + .seconds(600))
        #expect(fresh.topics.allows("book:binance:BTC/USDT"))
        #expect(!fresh.topics.allows("tick:binance:BTC/USDT"))
        for (token, error) in [
            (token("eve", 600, "tick:**"), CredentialError.subjectChanged),
            (token("ada", -60, "tick:**"), .tokenExpired), ("", .tokenMissing),
            ("nonsense", .tokenMalformed), (String(repeating: "x", count: 8193), .tokenTooLong),
        ] {
            #expect(throws: error) {
                try authenticator.refresh(first, token: token, now: now)
            }
        }
    }

    @Test func `a static token that was taken out or changed is noticed`() throws {
        var authenticator = Authenticator(.token(try store()))
        let principal = try authenticator.principal(
            authorization: ["Bearer 0123456789abcdef"], now: TokenMaker.now)
        #expect(try authenticator.reconsider(principal) == principal)
        let less = #"{"subject":"ada","token":"0123456789abcdef","roles":[],"topics":[]}"#
        authenticator.method = .token(try store(less))
        #expect(try authenticator.reconsider(principal).topics == .nothing)
        for entries in [
            "", #"{"subject":"eve","token":"0123456789abcdef","roles":[]}"#,
            #"{"subject":"ada","token":"another-token-of-16","roles":[]}"#,
        ] {
            authenticator.method = .token(try store(entries))
            #expect(throws: CredentialError.tokenUnknown) {
                try authenticator.reconsider(principal)
            }
        }
    }

    @Test func `with a key goes what was signed with it, whatever the next key is named`() throws {
        var authenticator = Authenticator(.jwt(try TokenMaker.verifier()))
        let token = TokenMaker().token(#"{"sub":"ada","exp":4000000000}"#)
        let principal = try authenticator.principal(
            authorization: ["Bearer " + token], now: TokenMaker.now)
        let other = TokenMaker.encode([UInt8](repeating: 8, count: 32))
        for (keys, isTrusted) in [
            (TokenMaker.keySet, true),
            (#"{"keys":[{"kty":"oct","kid":"k","k":"\#(other)"}]}"#, false),
            (#"{"keys":[{"kty":"oct","k":"\#(TokenMaker.encode(TokenMaker.secret))"}]}"#, true),
        ] {
            authenticator.method = .jwt(
                JWTVerifier(keys: try JSONWebKeySet(parsing: Array(keys.utf8))))
            if isTrusted {
                #expect(try authenticator.reconsider(principal) == principal)
            } else {
                #expect(throws: CredentialError.keyUnknown) {
                    try authenticator.reconsider(principal)
                }
            }
        }
    }

    // MARK: Certificates

    @Test func `the first rule that matches a certificate says who it is`() throws {
        let bots = Grant(roles: RoleSet([.liquidator]), topics: .nothing)
        let people = Grant(roles: RoleSet([.operator]), topics: .everythingPublic)
        let authenticator = Authenticator(
            .certificates([
                try CertificateRule(commonName: "bot-*", grant: bots),
                try CertificateRule(
                    subject: "CN=*,O=Example", alternativeName: "DNS:*.desk.example",
                    grant: people),
            ]))
        let bot = PeerCertificate(
            subject: "CN=bot-7,O=Example", commonName: "bot-7", alternativeNames: [])
        let person = PeerCertificate(
            subject: "CN=ada,O=Example", commonName: "ada",
            alternativeNames: ["email:ada@example", "DNS:ada.desk.example"])
        func principal(_ certificate: PeerCertificate) throws -> Principal {
            try authenticator.principal(
                authorization: [], certificate: certificate, now: TokenMaker.now)
        }
        #expect(try principal(bot).roles == RoleSet([.liquidator]))
        #expect(try principal(bot).subject == "CN=bot-7,O=Example")
        #expect(try principal(person).roles == RoleSet([.operator]))
        #expect(refusal(authenticator, []) == .certificateMissing)
        var brief = bot
        brief.expiry = TokenMaker.now + .nanoseconds(1)
        #expect(try principal(brief).expiry == brief.expiry)
        brief.expiry = TokenMaker.now
        #expect(refusal(authenticator, [], brief) == .certificateExpired)
        var stranger = person
        stranger.alternativeNames = []
        #expect(refusal(authenticator, [], stranger) == .certificateNotMapped)
    }

    @Test func `a star does not reach over a comma into another part of a name`() throws {
        let authenticator = Authenticator(
            .certificates([try CertificateRule(subject: "CN=*,O=Example", grant: Grant())]))
        for subject in [
            "CN=eve,OU=Evil,O=Example", "CN=eve\\,O=Example", "CN=eve,O=Example,C=XX", "O=Example",
            "CN=eve+OU=Evil,O=Example",
        ] {
            let certificate = PeerCertificate(
                subject: subject, commonName: nil, alternativeNames: [])
            #expect(
                refusal(authenticator, [], certificate) == .certificateNotMapped, "\(subject)")
        }
        let honest = PeerCertificate(
            subject: "CN=ada,O=Example", commonName: nil, alternativeNames: [])
        #expect(refusal(authenticator, [], honest) == nil)
    }

    @Test func `a rule names something of at most 256 bytes`() throws {
        let long = String(repeating: "x", count: 256)
        #expect(throws: CertificateRuleError.empty) { try CertificateRule(grant: Grant()) }
        #expect(throws: CertificateRuleError.badLength) {
            try CertificateRule(subject: "", grant: Grant())
        }
        #expect(throws: CertificateRuleError.badLength) {
            try CertificateRule(subject: long + "x", grant: Grant())
        }
        _ = try CertificateRule(subject: long, grant: Grant())
    }
}
