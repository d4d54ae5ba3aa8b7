internal import Gateway
internal import Identity
internal import Runtime

/// Who may call, as configured.
struct AuthConfiguration: Sendable {
    enum Mode: String, CaseIterable { case none, token, jwt, mtls }

    /// Default: nobody is asked, which is only for this machine.
    var mode = Mode.none
    /// Nobody is asked, although others can reach us.
    var isNoneForced = false
    var tokensFile: String?
    var keysFile: String?
    var rules = JWTRules()
    var certificates: [CertificateRule] = []
    var policy = AccessPolicy()
    var isMetricsOpen = true

    static let options = [
        Arguments.Option(
            name: "--auth", value: "MODE",
            help: "who may call: none (default, on loopback only), token, jwt, mtls"),
        Arguments.Option(
            name: "--auth-tokens", value: "FILE", help: "JSON: the static tokens of mode token"),
        Arguments.Option(
            name: "--auth-jwks", value: "FILE", help: "JSON Web Key Set: the keys of mode jwt"),
        Arguments.Option(
            name: "--auth-audience", value: "NAME", help: "whom JSON Web Tokens must be for (aud)",
            repeats: true),
        Arguments.Option(
            name: "--auth-issuer", value: "NAME", help: "whose JSON Web Tokens are accepted (iss)",
            repeats: true),
        Arguments.Option(
            name: "--auth-force-none", value: nil,
            help: "serve everybody who can reach the address"),
    ]

    /// A day: whoever wants more has not understood what it is for.
    private static let secondsMax = 86_400.0

    /// Names of files are relative to `folder`.
    mutating func apply(
        _ file: AuthFile, folder: String, at place: String
    ) throws(UsageError) {
        func at(_ key: String) -> String { "\(place).\(key)" }
        func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + name }
        if let text = file.mode { mode = try Self.mode(text, at: at("mode")) }
        if let name = file.tokensFile { tokensFile = path(name) }
        if let name = file.jwksFile { keysFile = path(name) }
        if let names = file.algorithms {
            rules.algorithms = try Self.algorithms(names, at: at("algorithms"))
        }
        if let names = file.audiences { rules.audiences = Set(names) }
        if let names = file.issuers { rules.issuers = Set(names) }
        if let seconds = file.clockSkew {
            rules.clockSkew = try Self.duration(seconds, at: at("clockSkew"))
        }
        if let name = file.rolesClaim { rules.rolesClaim = name }
        if let name = file.topicsClaim { rules.topicsClaim = name }
        if let names = file.roles { rules.defaults.roles = try Self.roles(names, at: at("roles")) }
        if let texts = file.topics {
            rules.defaults.topics = try Self.topics(texts, at: at("topics"))
        }
        if let seconds = file.expiryGrace {
            policy.expiryGrace = try Self.duration(seconds, at: at("expiryGrace"))
        }
        isNoneForced = file.forceNone ?? isNoneForced
        rules.requiresExpiry = file.requireExpiry ?? rules.requiresExpiry
        policy.isHealthOpen = file.openHealth ?? policy.isHealthOpen
        policy.isReflectionOpen = file.openReflection ?? policy.isReflectionOpen
        isMetricsOpen = file.openMetrics ?? isMetricsOpen
        for (index, rule) in (file.certificates ?? []).enumerated() {
            certificates.append(try certificate(rule, at: at("certificates[\(index)]")))
        }
    }

    mutating func apply(_ arguments: Arguments) throws(UsageError) {
        func at(_ flag: String) -> String { "\(arguments.command): \(flag)" }
        if let text = arguments.value("--auth") { mode = try Self.mode(text, at: at("--auth")) }
        if let path = arguments.value("--auth-tokens") { tokensFile = path }
        if let path = arguments.value("--auth-jwks") { keysFile = path }
        if arguments.has("--auth-audience") {
            rules.audiences = Set(arguments.all("--auth-audience"))
        }
        if arguments.has("--auth-issuer") { rules.issuers = Set(arguments.all("--auth-issuer")) }
        if arguments.has("--auth-force-none") { isNoneForced = true }
    }

    // MARK: Values

    private static func mode(_ text: String, at place: String) throws(UsageError) -> Mode {
        guard let mode = Mode(rawValue: text) else {
            let allowed = Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("\(place) \"\(text)\": unknown mode; allowed: \(allowed)")
        }
        return mode
    }

    private static func algorithms(
        _ names: [String], at place: String
    ) throws(UsageError) -> Set<JWTAlgorithm> {
        var algorithms: Set<JWTAlgorithm> = []
        for name in names {
            guard let algorithm = JWTAlgorithm(rawValue: name) else {
                throw UsageError(
                    "\(place) \"\(name)\": unknown algorithm; allowed: \(JWTAlgorithm.known)")
            }
            algorithms.insert(algorithm)
        }
        if algorithms.isEmpty { throw UsageError("\(place): name at least one algorithm") }
        return algorithms
    }

    private static func roles(_ names: [String], at place: String) throws(UsageError) -> RoleSet {
        var roles: [Role] = []
        for name in names {
            guard let role = Role(rawValue: name) else {
                throw UsageError("\(place) \"\(name)\": unknown role; allowed: \(Role.known)")
            }
            roles.append(role)
        }
        return RoleSet(roles)
    }

    private static func topics(
        _ texts: [String], at place: String
    ) throws(UsageError) -> TopicGrants {
        do throws(TopicGrantsError) {
            return try TopicGrants(texts)
        } catch {
            throw UsageError("\(place): \(error)")
        }
    }

    private static func duration(_ seconds: Double, at place: String) throws(UsageError) -> Duration
    {
        guard (0...secondsMax).contains(seconds) else {
            throw UsageError("\(place): expected seconds from 0 to \(Int(secondsMax))")
        }
        return .seconds(seconds)
    }

    private func certificate(
        _ rule: AuthFile.Certificate, at place: String
    ) throws(UsageError) -> CertificateRule {
        var grant = rules.defaults
        if let names = rule.roles { grant.roles = try Self.roles(names, at: "\(place).roles") }
        if let texts = rule.topics { grant.topics = try Self.topics(texts, at: "\(place).topics") }
        do throws(CertificateRuleError) {
            return try CertificateRule(
                subject: rule.subject, commonName: rule.commonName,
                alternativeName: rule.alternativeName, grant: grant)
        } catch {
            throw UsageError("\(place): \(error)")
        }
    }
}
