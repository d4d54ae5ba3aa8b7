/// The verified certificate of a TLS client, as far as authorisation needs it. Made only after the
/// chain was verified against the configured authorities.
package struct PeerCertificate: Equatable, Sendable {
    /// The whole subject in the form of RFC 2253, for example `CN=bot-7,O=Desk`.
    package var subject: String
    /// The subject's first common name.
    package var commonName: String?
    /// Subject alternative names with their kind, for example `DNS:bot-7.desk`, `URI:spiffe://…`.
    package var alternativeNames: [String]

    /// Its last moment; nil: it never ends.
    package var expiry: Timestamp?

    package init(
        subject: String, commonName: String?, alternativeNames: [String], expiry: Timestamp? = nil
    ) {
        self.subject = subject
        self.commonName = commonName
        self.alternativeNames = alternativeNames
        self.expiry = expiry
    }
}
