/// The `auth` section of the configuration file as written; every key optional.
struct AuthFile: Decodable {
    /// Whose client certificates get what: one of the three names, and the grant.
    struct Certificate: Decodable {
        var subject: String?
        var commonName: String?
        var alternativeName: String?
        var roles: [String]?
        var topics: [String]?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case subject, commonName, alternativeName, roles, topics
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            subject = try container.decodeIfPresent(String.self, forKey: .subject)
            commonName = try container.decodeIfPresent(String.self, forKey: .commonName)
            alternativeName = try container.decodeIfPresent(String.self, forKey: .alternativeName)
            roles = try container.decodeIfPresent([String].self, forKey: .roles)
            topics = try container.decodeIfPresent([String].self, forKey: .topics)
        }
    }

    var mode: String?
    var forceNone: Bool?
    var tokensFile: String?
    var jwksFile: String?
    var algorithms: [String]?
    var audiences: [String]?
    var issuers: [String]?
    /// Seconds.
    var clockSkew: Double?
    var requireExpiry: Bool?
    var rolesClaim: String?
    var topicsClaim: String?
    /// Of credentials that do not say.
    var roles: [String]?
    var topics: [String]?
    var certificates: [Certificate]?
    /// Seconds.
    var expiryGrace: Double?
    var openHealth: Bool?
    var openReflection: Bool?
    var openMetrics: Bool?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case mode, forceNone, tokensFile, jwksFile, algorithms, audiences, issuers, clockSkew
        case requireExpiry, rolesClaim, topicsClaim, roles, topics, certificates, expiryGrace
        case openHealth, openReflection, openMetrics
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? {
            try container.decodeIfPresent(String.self, forKey: key)
        }
        func texts(_ key: CodingKeys) throws -> [String]? {
            try container.decodeIfPresent([String].self, forKey: key)
        }
        func flag(_ key: CodingKeys) throws -> Bool? {
            try container.decodeIfPresent(Bool.self, forKey: key)
        }
        func seconds(_ key: CodingKeys) throws -> Double? {
            try container.decodeIfPresent(Double.self, forKey: key)
        }
        (mode, forceNone) = (try text(.mode), try flag(.forceNone))
        (tokensFile, jwksFile) = (try text(.tokensFile), try text(.jwksFile))
        algorithms = try texts(.algorithms)
        (audiences, issuers) = (try texts(.audiences), try texts(.issuers))
        (clockSkew, requireExpiry) = (try seconds(.clockSkew), try flag(.requireExpiry))
        (rolesClaim, topicsClaim) = (try text(.rolesClaim), try text(.topicsClaim))
        (roles, topics) = (try texts(.roles), try texts(.topics))
        certificates = try container.decodeIfPresent([Certificate].self, forKey: .certificates)
        expiryGrace = try seconds(.expiryGrace)
        openHealth = try flag(.openHealth)
        openReflection = try flag(.openReflection)
        openMetrics = try flag(.openMetrics)
    }
}
