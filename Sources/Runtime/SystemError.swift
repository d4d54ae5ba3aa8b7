internal import CLinux

/// What the system, or the peer through it, refused. Every case says what was being done.
package enum SystemError: Error, Equatable, Sendable {
    /// A system call failed; `code` is the positive errno.
    case failed(doing: String, code: Int32)
    /// The name has no address now.
    case unresolved(host: String, reason: String)
    /// It took longer than allowed.
    case timedOut(doing: String, limit: Duration)
    /// The peer could not be trusted, or TLS broke; `reason` is OpenSSL's text.
    case insecure(doing: String, reason: String)

    /// Turns a result of CLinux, a negated errno if negative, into the value or the error.
    static func check(_ result: Int32, _ doing: @autoclosure () -> String) throws(SystemError)
        -> Int32
    {
        if result < 0 { throw .failed(doing: doing(), code: -result) }
        return result
    }

    /// The system's own text for an errno.
    static func text(of code: Int32) -> String {
        let bytes = unsafe [CChar](unsafeUninitializedCapacity: 128) { buffer, count in
            unsafe clinux_error_text(code, buffer.baseAddress, buffer.count)
            count = buffer.count
        }
        return text(bytes)
    }

    /// The text of a buffer that C filled, up to its first zero.
    static func text(_ bytes: [CChar]) -> String {
        let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
        return String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SystemError: CustomStringConvertible {
    /// For example `bind 127.0.0.1:7400: Address already in use`.
    package var description: String {
        switch self {
        case .failed(let doing, let code): "\(doing): \(SystemError.text(of: code))"
        case .unresolved(let host, let reason): "resolve \(host): \(reason)"
        case .timedOut(let doing, let limit): "\(doing): no answer within \(limit)"
        case .insecure(let doing, let reason): "\(doing): \(reason)"
        }
    }
}
