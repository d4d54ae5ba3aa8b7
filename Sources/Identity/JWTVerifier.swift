package import Base
internal import JSON

/// Believes JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, or says why not. Total: any
/// bytes get an answer. Confined to whoever made it.
package final class JWTVerifier {
    private let rules: JWTRules
    private let keys: JSONWebKeySet
    private let parser = JSONParser(bytesMax: BearerToken.bytesMax, depthMax: 16)
    private var believed = VerifiedTokens()

    package init(keys: JSONWebKeySet, rules: JWTRules = JWTRules()) {
        self.keys = keys
        self.rules = rules
    }

    package func principal(
        token: [UInt8], now: Timestamp
    ) throws(CredentialError) -> Principal {
        guard token.count <= BearerToken.bytesMax else { throw .tokenTooLong }
        let digest = Digest(of: token)
        if let known = believed[digest] {
            try check(expiry: known.expiry, now: now)
            return known
        }
        let principal = try verify(token, now: now)
        believed.insert(principal, for: digest)
        return principal
    }

    /// Whether tokens that were signed with this key are still believed.
    func trusts(key: Digest) -> Bool { keys.contains(fingerprint: key) }

    // MARK: Signature

    private func verify(_ token: [UInt8], now: Timestamp) throws(CredentialError) -> Principal {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw .tokenMalformed }
        let key = try key(header)
        guard key.verifies(signature, of: Array(token[..<(parts[1].endIndex)])) else {
            throw .signatureInvalid
        }
        return try principal(
            claims: try object(payload), origin: .jwt(key: key.fingerprint), now: now)
    }

    /// RFC 7515 §4.1. `jwk`, `jku`, `x5u` and `x5c` are passed over: a token cannot bring the key
    /// that it is to be checked with.
    private func key(_ bytes: [UInt8]) throws(CredentialError) -> JSONWebKey {
        let header = try object(bytes)
        guard header["crit"] == nil else { throw .criticalHeader }
        guard let name = header["alg"]?.text else { throw .tokenMalformed }
        guard let algorithm = JWTAlgorithm(rawValue: name) else { throw .algorithmUnsupported }
        guard rules.algorithms.contains(algorithm) else { throw .algorithmNotAllowed }
        let id = header["kid"]
        guard id == nil || id?.isString == true else { throw .tokenMalformed }
        return try keys.key(id: id?.text, algorithm: algorithm)
    }

    private func object(_ bytes: [UInt8]) throws(CredentialError) -> JSONObject {
        do throws(JSONError) {
            if let object = JSONObject(try parser.parse(bytes)) { return object }
        } catch {}
        throw .tokenMalformed
    }

    // MARK: Claims

    private func principal(
        claims: JSONObject, origin: Principal.Origin, now: Timestamp
    ) throws(CredentialError) -> Principal {
        let expiry = try date("exp", of: claims)
        guard expiry != nil || !rules.requiresExpiry else { throw .expiryMissing }
        try check(expiry: expiry, now: now)
        let latest = now + rules.clockSkew
        if let start = try date("nbf", of: claims), start > latest { throw .notYetValid }
        if let issued = try date("iat", of: claims), issued > latest { throw .issuedInFuture }
        try check(issuer: claims["iss"])
        try check(audience: claims["aud"])
        return Principal(
            subject: try subject(claims["sub"]), roles: try roles(claims),
            topics: try topics(claims), expiry: expiry, origin: origin)
    }

    private func check(expiry: Timestamp?, now: Timestamp) throws(CredentialError) {
        if let expiry, now >= expiry + rules.clockSkew { throw .tokenExpired }
    }

    private func check(issuer: JSONValue?) throws(CredentialError) {
        if let issuer, !issuer.isString { throw .claimInvalid }
        guard !rules.issuers.isEmpty else { return }
        guard let name = issuer?.text, rules.issuers.contains(name) else { throw .issuerMismatch }
    }

    private func check(audience: JSONValue?) throws(CredentialError) {
        guard let audience else {
            guard rules.audiences.isEmpty else { throw .audienceMismatch }
            return
        }
        guard let names = audience.text.map({ [$0] }) ?? audience.texts else {
            throw .claimInvalid
        }
        guard names.contains(where: rules.audiences.contains) else { throw .audienceMismatch }
    }

    private func subject(_ value: JSONValue?) throws(CredentialError) -> String {
        guard let value else { throw .subjectMissing }
        guard let subject = value.text, subject.utf8.count <= Principal.subjectBytesMax else {
            throw .claimInvalid
        }
        guard !subject.isEmpty else { throw .subjectMissing }
        return subject
    }

    private func roles(_ claims: JSONObject) throws(CredentialError) -> RoleSet {
        guard let names = try words(rules.rolesClaim, of: claims) else {
            return rules.defaults.roles
        }
        return RoleSet(names.compactMap(Role.init(rawValue:)))
    }

    private func topics(_ claims: JSONObject) throws(CredentialError) -> TopicGrants {
        guard let patterns = try words(rules.topicsClaim, of: claims) else {
            return rules.defaults.topics
        }
        do throws(TopicGrantsError) {
            return try TopicGrants(patterns)
        } catch {
            throw .topicsInvalid
        }
    }

    /// A list of texts, or one text of words; nil: there is no such claim.
    private func words(
        _ name: String, of claims: JSONObject
    ) throws(CredentialError) -> [String]? {
        guard let value = claims[name] else { return nil }
        if let text = value.text { return text.split(separator: " ").map(String.init) }
        guard let texts = value.texts else { throw .claimInvalid }
        return texts
    }

    private func date(
        _ name: String, of claims: JSONObject
    ) throws(CredentialError) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        guard let time = value.numericDate else { throw .claimInvalid }
        return time
    }
}
