import Testing

@testable import Identity

@Suite struct VerifiedTokensTests {
    @Test func `1,024 tokens are remembered, with one more it begins anew`() {
        let principal = Principal.anonymous(.none, topics: .nothing)
        let digests = (0...VerifiedTokens.countMax).map { Digest(of: Array("\($0)".utf8)) }
        var tokens = VerifiedTokens()
        for digest in digests.dropLast() { tokens.insert(principal, for: digest) }
        #expect(digests.dropLast().allSatisfy { tokens[$0] == principal })
        tokens.insert(principal, for: digests[VerifiedTokens.countMax])
        #expect(tokens[digests[0]] == nil)
        #expect(tokens[digests[VerifiedTokens.countMax]] == principal)
    }
}
