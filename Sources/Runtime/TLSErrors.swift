internal import COpenSSL

/// OpenSSL's list of errors of the calling thread, as text for people.
enum TLSErrors {
    static func clear() { ERR_clear_error() }

    /// The text for the oldest error, whose list is emptied.
    static func takeText() -> String {
        let code = ERR_get_error()
        clear()
        if code == 0 { return "unknown error" }
        let system = copenssl_system_error(code)
        if system != 0 { return SystemError.text(of: system) }
        guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: reason)
    }

    /// The same about a file in PEM, of which OpenSSL's words say little to its owner.
    static func takeText(ofFileWith content: String) -> String {
        switch takeText() {
        case "no start line", "unsupported", "unknown error", "no certificate or crl found":
            "it holds no \(content) in PEM"
        case "bad password read", "problems getting password", "interrupted or cancelled":
            "it is protected by a password; give it without"
        case let text: text
        }
    }
}
