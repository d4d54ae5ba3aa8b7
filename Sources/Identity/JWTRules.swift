/// What a JSON Web Token must say to be believed, and where it says what its bearer may do.
package struct JWTRules: Sendable {
    /// Signatures that are accepted. Default: all that are understood; what can be used is decided
    /// by the kinds of keys in the set.
    package var algorithms = Set(JWTAlgorithm.allCases)
    /// Who we are: `aud` must name one of them. Empty: the token must have no `aud`, since one that
    /// names others was not meant for us (RFC 7519 §4.1.3).
    package var audiences: Set<String> = []
    /// Whose tokens are accepted. Empty: whoever has a key in the set.
    package var issuers: Set<String> = []
    /// How far clocks may differ when a token is presented. Default 30 s: hosts without a time
    /// service drift so far in weeks.
    package var clockSkew: Duration = .seconds(30)
    /// Default: a token without `exp` is refused, since nothing else ends it.
    package var requiresExpiry = true
    /// The claim with the roles: a list, or words with spaces between them as in RFC 8693 §4.2.
    /// Names that are no roles of ours are passed over: providers put all theirs there.
    package var rolesClaim = "roles"
    /// The claim with the topic patterns, in the same forms.
    package var topicsClaim = "topics"
    /// For tokens that lack one of these claims.
    package var defaults = Grant()

    package init() {}
}
