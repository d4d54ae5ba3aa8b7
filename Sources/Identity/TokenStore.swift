internal import Base
internal import JSON

/// The static tokens of a configuration file, kept as digests only.
///
/// The file is JSON: `{"tokens": [{"subject": "dashboard", "token": "…", "roles": ["viewer"],
/// "topics": ["tick:**"], "expires": 1790000000}]}`. Instead of `token` an entry may have `sha256`,
/// its digest as 64 hexadecimal digits. Without `topics` the default grant holds; `expires` is in
/// seconds since 1970, and without it a token lives until it is taken out of the file.
package struct TokenStore {
    /// Shortest token: 16 bytes, 128 bits if they are random.
    package static let tokenBytesMin = 16
    /// Tokens in a file. Default 10,000: one for every client of a large fleet.
    package static let entriesMax = 10_000
    /// Default 8 MiB: as many entries with a few patterns each.
    package static let fileBytesMax = 8 << 20

    private var principals: [Digest: Principal] = [:]

    package init(parsing bytes: [UInt8], defaults: Grant = Grant()) throws(TokenStoreError) {
        let parser = JSONParser(bytesMax: Self.fileBytesMax, depthMax: 8)
        let root: JSONValue
        do throws(JSONError) { root = try parser.parse(bytes) } catch { throw .notJSON }
        guard let object = JSONObject(root), Array(object.names) == ["tokens"],
            let list = object["tokens"], list.isArray
        else { throw .notTokens }
        for (index, value) in list.elements.enumerated() {
            guard index < Self.entriesMax else { throw .tooMany }
            let principal = try Self.principal(value, at: index, defaults: defaults)
            guard case .token(let digest) = principal.origin,
                principals.updateValue(principal, forKey: digest) == nil
            else { throw .entry(index, "this token is listed twice") }
        }
    }

    package var count: Int { principals.count }

    /// Whose token this is. The look-up is by digest: its timing tells nothing about other tokens.
    func principal(token: [UInt8], now: Timestamp) throws(CredentialError) -> Principal {
        guard let principal = principals[Digest(of: token)] else { throw .tokenUnknown }
        if let expiry = principal.expiry, now >= expiry { throw .tokenExpired }
        return principal
    }

    /// What a token that was accepted before stands for now; nil: it was taken out.
    func principal(digest: Digest) -> Principal? { principals[digest] }

    // MARK: Reading entries

    private static let members: Set = [
        "subject", "token", "sha256", "roles", "topics", "expires",
    ]

    private static func principal(
        _ value: JSONValue, at index: Int, defaults: Grant
    ) throws(TokenStoreError) -> Principal {
        guard let entry = JSONObject(value) else { throw .entry(index, "no object of members") }
        if let unknown = entry.names.first(where: { !members.contains($0) }) {
            throw .entry(index, "unknown member \"\(unknown)\"")
        }
        guard let subject = entry["subject"]?.text, !subject.isEmpty,
            subject.utf8.count <= Principal.subjectBytesMax
        else {
            throw .entry(index, "subject must be 1 to \(Principal.subjectBytesMax) bytes of text")
        }
        var principal = Principal(
            subject: subject, roles: try roles(entry["roles"], at: index),
            topics: defaults.topics, origin: .token(try digest(entry, at: index)))
        if let topics = entry["topics"] {
            guard let texts = topics.texts else { throw .entry(index, "topics must be patterns") }
            do throws(TopicGrantsError) {
                principal.topics = try TopicGrants(texts)
            } catch {
                throw .entry(index, error.description)
            }
        }
        if let expires = entry["expires"] {
            guard let time = expires.numericDate else {
                throw .entry(index, "expires must be seconds since 1970")
            }
            principal.expiry = time
        }
        return principal
    }

    private static func roles(_ value: JSONValue?, at index: Int) throws(TokenStoreError) -> RoleSet
    {
        guard let names = value?.texts else {
            throw .entry(index, "roles must be a list of \(Role.known)")
        }
        var roles: [Role] = []
        for name in names {
            guard let role = Role(rawValue: name) else {
                throw .entry(index, "unknown role \"\(name)\"; there are \(Role.known)")
            }
            roles.append(role)
        }
        return RoleSet(roles)
    }

    private static func digest(_ entry: JSONObject, at index: Int) throws(TokenStoreError) -> Digest
    {
        switch (entry["token"]?.text, entry["sha256"]?.text) {
        case (let token?, nil):
            let bytes = Array(token.utf8)
            guard (tokenBytesMin...BearerToken.bytesMax).contains(bytes.count),
                bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw .entry(
                    index,
                    "token must be \(tokenBytesMin) to \(BearerToken.bytesMax) visible characters")
            }
            return Digest(of: bytes)
        case (nil, let digits?):
            guard let digest = Digest(hexadecimal: digits) else {
                throw .entry(index, "sha256 must be 64 hexadecimal digits")
            }
            return digest
        default: throw .entry(index, "one of token and sha256 is needed")
        }
    }
}

/// Why a file of tokens is not used. Never repeats a token.
package enum TokenStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    case notJSON
    case notTokens
    case tooMany
    case entry(Int, String)

    package var description: String {
        switch self {
        case .notJSON: "no JSON of at most \(TokenStore.fileBytesMax) bytes"
        case .notTokens: "expected {\"tokens\": [{\"subject\": …, \"token\": …, \"roles\": […]}]}"
        case .tooMany: "more than \(TokenStore.entriesMax) tokens"
        case .entry(let index, let what): "tokens[\(index)]: \(what)"
        }
    }
}

extension Digest {
    /// 64 hexadecimal digits, of any case.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        let bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        self.init(bytes: bytes)
    }
}
