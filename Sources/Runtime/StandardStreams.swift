internal import Glibc

/// Standard output and standard error, written at once and whole. For commands, which own their
/// terminal; nothing else prints.
package enum StandardStreams {
    /// False: nobody reads any more (a closed pipe).
    @discardableResult
    package static func output(_ text: String) -> Bool { write(text, to: STDOUT_FILENO) }

    @discardableResult
    package static func output(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe write($0, to: STDOUT_FILENO) }
    }

    package static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Columns and rows of the terminal on standard output; nil if it is none.
    package static var terminalSize: (columns: Int, rows: Int)? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { unsafe write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        var offset = 0
        while offset < bytes.count {
            let written = unsafe Glibc.write(descriptor, start + offset, bytes.count - offset)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return false }
            offset += written
        }
        return true
    }
}
