internal import Base

/// Whose certificates get which roles and topics. Every part that a rule names must match; `*`
/// stands for any run of characters but a comma, so that it cannot reach into another part of a
/// distinguished name.
package struct CertificateRule: Equatable, Sendable {
    private let subject: Wildcard?
    private let commonName: Wildcard?
    private let alternativeName: Wildcard?
    private let grant: Grant

    package init(
        subject: String? = nil, commonName: String? = nil, alternativeName: String? = nil,
        grant: Grant
    ) throws(CertificateRuleError) {
        guard subject != nil || commonName != nil || alternativeName != nil else { throw .empty }
        self.subject = try Self.wildcard(subject)
        self.commonName = try Self.wildcard(commonName)
        self.alternativeName = try Self.wildcard(alternativeName)
        self.grant = grant
    }

    /// The certificate's owner; nil: the rule is about somebody else.
    func principal(_ certificate: PeerCertificate) -> Principal? {
        if let subject, !subject.matches(certificate.subject.utf8.span) { return nil }
        if let commonName {
            guard let name = certificate.commonName, commonName.matches(name.utf8.span) else {
                return nil
            }
        }
        if let alternativeName {
            let names = certificate.alternativeNames
            guard names.contains(where: { alternativeName.matches($0.utf8.span) }) else {
                return nil
            }
        }
        return Principal(
            subject: String(certificate.subject.prefix(Principal.subjectBytesMax)),
            roles: grant.roles, topics: grant.topics, expiry: certificate.expiry,
            origin: .certificate)
    }

    private static func wildcard(_ text: String?) throws(CertificateRuleError) -> Wildcard? {
        guard let text else { return nil }
        guard (1...Wildcard.bytesMax).contains(text.utf8.count) else { throw .badLength }
        return Wildcard(Array(text.utf8), separator: UInt8(ascii: ","))
    }
}

package enum CertificateRuleError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case badLength

    package var description: String {
        switch self {
        case .empty: "a rule names a subject, a commonName or an alternativeName"
        case .badLength: "a name has 1 to \(Wildcard.bytesMax) bytes"
        }
    }
}
