/// Where a certificate and its key lie, both in PEM.
package struct TLSCertificateFiles: Sendable, Hashable {
    /// The certificate, then the ones that lead from it to an authority.
    package var certificate: String
    /// The private key, without a password: nobody is there to type it.
    package var key: String

    package init(certificate: String, key: String) {
        (self.certificate, self.key) = (certificate, key)
    }
}
