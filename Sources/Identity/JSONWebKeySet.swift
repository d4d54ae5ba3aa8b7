internal import JSON

/// The keys that tokens may be signed with (RFC 7517 §5): oct, RSA, EC P-256 and OKP Ed25519.
/// Others are ignored with a warning, as the RFC wants it; a key of these kinds that is too weak or
/// broken spoils the whole set, since somebody relies on it. Confined to whoever made it.
package struct JSONWebKeySet {
    /// Keys in a file. Default 256: a provider rotates with two or three.
    package static let keysMax = 256
    /// Default 1 MiB: as many RSA keys with their certificates.
    package static let fileBytesMax = 1 << 20

    private let keys: [JSONWebKey]
    /// What whoever keeps the file should know: a line each.
    package private(set) var warnings: [String] = []

    package init(parsing bytes: [UInt8]) throws(JSONWebKeySetError) {
        let parser = JSONParser(bytesMax: Self.fileBytesMax, depthMax: 16)
        let root: JSONValue
        do throws(JSONError) { root = try parser.parse(bytes) } catch { throw .notJSON }
        guard let list = JSONObject(root)?["keys"], list.isArray else { throw .notKeys }
        var keys: [JSONWebKey] = []
        var ids: Set<String> = []
        for (index, value) in list.elements.enumerated() {
            guard index < Self.keysMax else { throw .tooMany }
            guard let object = JSONObject(value) else { throw .notKeys }
            if let id = object["kid"]?.text, !ids.insert(id).inserted { throw .duplicate(id: id) }
            var ignored: String?
            do throws(JSONWebKeyError) {
                if let key = try JSONWebKey(object, ignored: &ignored) { keys.append(key) }
            } catch {
                throw .key(index, error)
            }
            if let ignored { warnings.append("keys[\(index)] is ignored: \(ignored)") }
            if object["d"] != nil {
                warnings.append("keys[\(index)] has its private part; only the public is needed")
            }
        }
        guard !keys.isEmpty else { throw .empty }
        self.keys = keys
    }

    package var count: Int { keys.count }

    func contains(fingerprint: Digest) -> Bool {
        keys.contains { $0.fingerprint == fingerprint }
    }

    /// The key that a token's header selects: by its name, or the only one for its algorithm.
    func key(id: String?, algorithm: JWTAlgorithm) throws(CredentialError) -> JSONWebKey {
        guard let id else {
            let fitting = keys.filter { $0.algorithm == algorithm }
            guard let key = fitting.first else { throw .keyUnknown }
            guard fitting.count == 1 else { throw .keyNotNamed }
            return key
        }
        guard let key = keys.first(where: { $0.id == id }) else { throw .keyUnknown }
        guard key.algorithm == algorithm else { throw .keyMismatch }
        return key
    }
}

/// Why a file of keys is not used.
package enum JSONWebKeySetError: Error, Equatable, Sendable, CustomStringConvertible {
    case notJSON
    case notKeys
    case tooMany
    case duplicate(id: String)
    case key(Int, JSONWebKeyError)
    case empty

    package var description: String {
        switch self {
        case .notJSON: "no JSON of at most \(JSONWebKeySet.fileBytesMax) bytes"
        case .notKeys: "expected {\"keys\": [{\"kty\": …}]} (RFC 7517)"
        case .tooMany: "more than \(JSONWebKeySet.keysMax) keys"
        case .duplicate(let id): "two keys are named \"\(id)\" (kid)"
        case .key(let index, let error): "keys[\(index)]: \(error)"
        case .empty: "no key of a supported type: oct, RSA, EC P-256 or OKP Ed25519"
        }
    }
}
