/// Why credentials were not believed. Every case has a reason for programs (`ErrorInfo.reason`, a
/// label of the metric) and a sentence for people; neither repeats a token or a part of one.
package enum CredentialError: Error, Equatable, Sendable, CaseIterable {
    // What was presented.
    case tokenMissing
    case tokenAmbiguous
    case schemeUnsupported
    case tokenTooLong
    case tokenMalformed
    case tokenUnknown
    // A JSON Web Token's header and signature.
    case criticalHeader
    case algorithmUnsupported
    case algorithmNotAllowed
    case keyUnknown
    case keyNotNamed
    case keyMismatch
    case signatureInvalid
    // Its claims.
    case expiryMissing
    case tokenExpired
    case notYetValid
    case issuedInFuture
    case audienceMismatch
    case issuerMismatch
    case subjectMissing
    case claimInvalid
    case topicsInvalid
    // Client certificates.
    case certificateMissing
    case certificateNotMapped
    case certificateExpired
    // Believed, and not enough.
    case roleMissing
    // Refreshing.
    case subjectChanged
    case refreshUnsupported

    /// In capitals, as `google.rpc.ErrorInfo` wants it.
    package var reason: String {
        switch self {
        case .tokenMissing: "TOKEN_MISSING"
        case .tokenAmbiguous: "TOKEN_AMBIGUOUS"
        case .schemeUnsupported: "TOKEN_SCHEME_UNSUPPORTED"
        case .tokenTooLong: "TOKEN_TOO_LONG"
        case .tokenMalformed: "TOKEN_MALFORMED"
        case .tokenUnknown: "TOKEN_UNKNOWN"
        case .criticalHeader: "TOKEN_CRITICAL_HEADER"
        case .algorithmUnsupported: "TOKEN_ALGORITHM_UNSUPPORTED"
        case .algorithmNotAllowed: "TOKEN_ALGORITHM_NOT_ALLOWED"
        case .keyUnknown: "TOKEN_KEY_UNKNOWN"
        case .keyNotNamed: "TOKEN_KEY_NOT_NAMED"
        case .keyMismatch: "TOKEN_KEY_MISMATCH"
        case .signatureInvalid: "TOKEN_SIGNATURE_INVALID"
        case .expiryMissing: "TOKEN_EXPIRY_MISSING"
        case .tokenExpired: "TOKEN_EXPIRED"
        case .notYetValid: "TOKEN_NOT_YET_VALID"
        case .issuedInFuture: "TOKEN_ISSUED_IN_FUTURE"
        case .audienceMismatch: "TOKEN_AUDIENCE_MISMATCH"
        case .issuerMismatch: "TOKEN_ISSUER_MISMATCH"
        case .subjectMissing: "TOKEN_SUBJECT_MISSING"
        case .claimInvalid: "TOKEN_CLAIM_INVALID"
        case .topicsInvalid: "TOKEN_TOPICS_INVALID"
        case .certificateMissing: "CERTIFICATE_MISSING"
        case .certificateNotMapped: "CERTIFICATE_NOT_MAPPED"
        case .certificateExpired: "CERTIFICATE_EXPIRED"
        case .roleMissing: "ROLE_MISSING"
        case .subjectChanged: "TOKEN_SUBJECT_CHANGED"
        case .refreshUnsupported: "REFRESH_UNSUPPORTED"
        }
    }
}

extension CredentialError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tokenMissing: "no credentials; send metadata \"authorization: Bearer TOKEN\""
        case .tokenAmbiguous: "more than one authorization field"
        case .schemeUnsupported: "authorization is not of the form \"Bearer TOKEN\""
        case .tokenTooLong: "the token has more than \(BearerToken.bytesMax) bytes"
        case .tokenMalformed: "the token is no JSON Web Token in compact form"
        case .tokenUnknown: "the token is not known"
        case .criticalHeader: "the token's header demands extensions (crit); none are supported"
        case .algorithmUnsupported:
            "the token's algorithm is not supported; \(JWTAlgorithm.known) are"
        case .algorithmNotAllowed: "the token's algorithm is not allowed here"
        case .keyUnknown: "the token names a key that is not known"
        case .keyNotNamed: "the token names no key (kid) and more than one would fit"
        case .keyMismatch: "the token's algorithm is not that of the key it names"
        case .signatureInvalid: "the token's signature is not valid"
        case .expiryMissing: "the token has no expiry (exp)"
        case .tokenExpired: "the token has expired"
        case .notYetValid: "the token is not valid yet (nbf)"
        case .issuedInFuture: "the token was issued in the future (iat)"
        case .audienceMismatch: "the token is for somebody else (aud)"
        case .issuerMismatch: "the token is of an issuer that is not trusted here (iss)"
        case .subjectMissing: "the token names no subject (sub)"
        case .claimInvalid: "a claim of the token has a value of the wrong kind"
        case .topicsInvalid: "the token's topics are not topic patterns"
        case .certificateMissing: "no client certificate; this server knows clients by theirs"
        case .certificateNotMapped: "the client certificate is valid, but no rule names it"
        case .certificateExpired: "the client certificate has expired"
        case .roleMissing: "the credentials do not have the role that this method needs"
        case .subjectChanged: "the new token is another subject's; make a new call"
        case .refreshUnsupported: "this server's credentials cannot be refreshed in a call"
        }
    }
}
