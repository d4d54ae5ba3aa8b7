/// The token within an `authorization` field (RFC 6750 §2.1).
package enum BearerToken {
    /// Longest token of any kind. Default 8 KiB: what common servers take as a whole header, and
    /// several times the longest tokens that identity providers issue.
    package static let bytesMax = 8192

    /// What stands after "Bearer"; the scheme's case does not matter (RFC 9110 §11.1).
    static func parse(authorization: [String]) throws(CredentialError) -> [UInt8] {
        guard let field = authorization.first else { throw .tokenMissing }
        guard authorization.count == 1 else { throw .tokenAmbiguous }
        let scheme = "bearer "
        guard field.utf8.count > scheme.utf8.count,
            zip(field.utf8, scheme.utf8).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 })
        else { throw .schemeUnsupported }
        return try check(Array(field.utf8.dropFirst(scheme.utf8.count).drop { $0 == 0x20 }))
    }

    /// A token by itself, as a refresh brings it.
    static func check(_ token: [UInt8]) throws(CredentialError) -> [UInt8] {
        guard !token.isEmpty else { throw .tokenMissing }
        guard token.count <= bytesMax else { throw .tokenTooLong }
        return token
    }
}
