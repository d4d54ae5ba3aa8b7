import Base
import Testing

@testable import Identity

@Suite struct TokenStoreTests {
    static let token = "0123456789abcdef"

    func store(_ entries: String, defaults: Grant = Grant()) throws -> TokenStore {
        try TokenStore(parsing: Array(#"{"tokens":[\#(entries)]}"#.utf8), defaults: defaults)
    }

    func refusal(_ entries: String) -> String? {
        do {
            _ = try store(entries)
            return nil
        } catch { return "\(error)" }
    }

    func principal(_ store: TokenStore, _ token: String = token) throws -> Principal {
        try store.principal(token: Array(token.utf8), now: TokenMaker.now)
    }

    @Test func `a token is known by its text or by its digest`() throws {
        // printf 0123456789abcdef | sha256sum
        let digest = "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f"
        for secret in [#""token":"\#(Self.token)""#, #""sha256":"\#(digest)""#] {
            let store = try store(
                #"{"subject":"ada",\#(secret),"roles":["operator"],"topics":["tick:**"]}"#)
            let principal = try principal(store)
            #expect(principal.subject == "ada")
            #expect(principal.roles == RoleSet([.operator]))
            #expect(principal.topics.patterns.map(\.text) == ["tick:**"])
            #expect(principal.expiry == nil)
            for other in ["", "0123456789abcde", Self.token + "0", "1123456789abcdef"] {
                #expect(throws: CredentialError.tokenUnknown) {
                    try self.principal(store, other)
                }
            }
        }
    }

    @Test func `a token without topics has the default ones`() throws {
        let entry = #"{"subject":"ada","token":"\#(Self.token)","roles":[]}"#
        #expect(try principal(store(entry)).topics == .everythingPublic)
        let defaults = Grant(roles: .none, topics: .nothing)
        #expect(try principal(store(entry, defaults: defaults)).topics == .nothing)
    }

    @Test func `a token ends when its entry says`() throws {
        func entry(_ seconds: Int64) -> String {
            #"{"subject":"a","token":"\#(Self.token)","roles":[],"expires":\#(seconds)}"#
        }
        #expect(
            try principal(store(entry(TokenMaker.at(1)))).expiry == TokenMaker.now + .seconds(1))
        #expect(throws: CredentialError.tokenExpired) {
            try principal(store(entry(TokenMaker.at(0))))
        }
    }

    @Test(arguments: [
        (#"{"token":"0123456789abcdef","roles":[]}"#, "subject"),
        (#"{"subject":"","token":"0123456789abcdef","roles":[]}"#, "subject"),
        (#"{"subject":"a","roles":[]}"#, "one of token and sha256"),
        (#"{"subject":"a","token":"0123456789abcdef","sha256":"00","roles":[]}"#, "one of"),
        (#"{"subject":"a","token":"0123456789abcde","roles":[]}"#, "16"),
        (#"{"subject":"a","token":"0123456789 abcdef","roles":[]}"#, "visible"),
        (#"{"subject":"a","sha256":"00","roles":[]}"#, "64"),
        (#"{"subject":"a","token":"0123456789abcdef"}"#, "roles"),
        (#"{"subject":"a","token":"0123456789abcdef","roles":["king"]}"#, "king"),
        (#"{"subject":"a","token":"0123456789abcdef","roles":[],"topics":["a::"]}"#, "a::"),
        (#"{"subject":"a","token":"0123456789abcdef","roles":[],"topics":7}"#, "topics"),
        (#"{"subject":"a","token":"0123456789abcdef","roles":[],"expires":"x"}"#, "expires"),
        (#"{"subject":"a","token":"0123456789abcdef","roles":[],"wings":2}"#, "wings"),
        ("7", "object"),
    ])
    func `an entry that cannot be is named, without its token`(entry: String, named: String) {
        let good = #"{"subject":"b","token":"fedcba9876543210","roles":["viewer"]}"#
        let message = refusal("\(good),\(entry)")
        #expect(message?.contains(named) == true, "\(message ?? "accepted")")
        #expect(message?.hasPrefix("tokens[1]: ") == true)
        #expect(message?.contains("0123456789") != true)
    }

    @Test func `a token is listed once`() {
        let entry = #"{"subject":"a","token":"\#(Self.token)","roles":[]}"#
        #expect(refusal("\(entry),\(entry)") == "tokens[1]: this token is listed twice")
    }

    @Test(arguments: ["", "{}", "[]", #"{"tokens":{}}"#, #"{"tokens":[],"x":1}"#])
    func `what is no file of tokens is refused`(text: String) {
        #expect(throws: TokenStoreError.self) { try TokenStore(parsing: Array(text.utf8)) }
    }

    @Test func `a file has 8 MiB at most`() throws {
        let file = Array(#"{"tokens":[\#(AuthenticatorTests.entry)]}"#.utf8)
        let room = [UInt8](repeating: 0x20, count: TokenStore.fileBytesMax - file.count)
        #expect(try TokenStore(parsing: file + room).count == 1)
        #expect(throws: TokenStoreError.notJSON) {
            try TokenStore(parsing: file + room + [0x20])
        }
    }

    @Test func `10,000 tokens fit, one more does not`() throws {
        func entries(_ count: Int) -> String {
            (0..<count).map {
                #"{"subject":"a","token":"0123456789abcdef\#($0)","roles":[]}"#
            }.joined(separator: ",")
        }
        #expect(try store(entries(10_000)).count == 10_000)
        #expect(throws: TokenStoreError.tooMany) { try store(entries(10_001)) }
    }
}
