internal import COpenSSL

/// Reads certificates, keys and authorities into a context; blocks meanwhile. Every refusal names
/// the file and says what is wrong with it.
enum TLSFiles {
    static func use(
        _ files: TLSCertificateFiles, in context: OpaquePointer
    ) throws(SystemError) {
        TLSErrors.clear()
        if unsafe SSL_CTX_use_certificate_chain_file(context, files.certificate) != 1 {
            throw .insecure(
                doing: "read certificate \(files.certificate)",
                reason: TLSErrors.takeText(ofFileWith: "certificate"))
        }
        // Without this OpenSSL would ask for a password on the terminal, and wait.
        unsafe SSL_CTX_set_default_passwd_cb(context, { _, _, _, _ in -1 })
        let isRead = unsafe SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM) == 1
        let reason = isRead ? "" : TLSErrors.takeText(ofFileWith: "private key")
        if !isRead && reason != "key values mismatch" {
            throw .insecure(doing: "read key \(files.key)", reason: reason)
        }
        if unsafe !isRead || SSL_CTX_check_private_key(context) != 1 {
            TLSErrors.clear()
            throw .insecure(
                doing: "read key \(files.key)",
                reason: "it does not belong to certificate \(files.certificate)")
        }
    }

    /// Whom the context believes.
    static func trust(authoritiesOf file: String, in context: OpaquePointer) throws(SystemError) {
        TLSErrors.clear()
        if unsafe SSL_CTX_load_verify_file(context, file) != 1 { throw unreadable(file) }
    }

    /// Tells clients which authorities count, so that they can choose among their certificates.
    static func announce(authoritiesOf file: String, in context: OpaquePointer) throws(SystemError)
    {
        TLSErrors.clear()
        guard let names = unsafe SSL_load_client_CA_file(file) else { throw unreadable(file) }
        unsafe SSL_CTX_set_client_CA_list(context, names)
    }

    private static func unreadable(_ file: String) -> SystemError {
        .insecure(
            doing: "read authorities \(file)",
            reason: TLSErrors.takeText(ofFileWith: "certificate"))
    }
}
