internal import Base
internal import CZlib
internal import Glibc

/// The lines of a plain or gzip-compressed file, read piece by piece: the file is never held as
/// a whole, only the longest line is.
///
/// zlib recognises gzip by its first bytes, so the name of the file plays no part. The only owner
/// of the `gzFile` pointer, which is closed with the reader.
@safe
package final class LineReader {
    /// Longer lines are an error: the longest message of any venue is 32 MiB, and JSON in JSON
    /// at most doubles it.
    package static let lineBytesMax = 64 << 20
    private static let pieceBytes = 256 << 10

    private let file: gzFile
    private let name: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false
    /// Lines handed out so far.
    package private(set) var line = 0

    package init(path: String) throws(RecordingError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw .unreadable(file: path, reason: LineReader.systemText())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "not a regular file")
        }
        guard let opened = unsafe gzopen(path, "rb") else {
            throw .unreadable(file: path, reason: LineReader.systemText())
        }
        unsafe file = unsafe opened
        name = path
    }

    deinit { unsafe _ = gzclose(file) }

    /// The next line without its end, or nil at the end of the file. The bytes are valid inside
    /// the closure.
    package func next<Result>(
        _ body: (RawSpan) throws(RecordingError) -> Result
    ) throws(RecordingError) -> Result? {
        var searched = start
        while true {
            if let end = newline(from: searched) {
                let lineStart = start
                start = end + 1
                line += 1
                return try buffer.withBytes(lineStart..<end, body)
            }
            if atEnd {
                guard start < buffer.count else { return nil }
                let lineStart = start
                start = buffer.count
                line += 1
                return try buffer.withBytes(lineStart..<buffer.count, body)
            }
            searched = buffer.count - start
            buffer.removeSubrange(0..<start)
            start = 0
            try read()
        }
    }

    private func newline(from offset: Int) -> Int? {
        unsafe buffer.withUnsafeBytes { bytes in
            guard offset < bytes.count, let base = bytes.baseAddress else { return nil }
            guard let found = unsafe memchr(base + offset, 10, bytes.count - offset) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    private func read() throws(RecordingError) {
        let used = buffer.count
        guard used < LineReader.lineBytesMax else {
            throw .malformed(
                file: name, line: line + 1,
                reason: "longer than \(LineReader.lineBytesMax) bytes")
        }
        buffer.append(contentsOf: repeatElement(0, count: LineReader.pieceBytes))
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe gzread(
                file, bytes.baseAddress.unsafelyUnwrapped + used, UInt32(LineReader.pieceBytes))
        }
        var code: Int32 = Z_OK
        let text = unsafe gzerror(file, &code)
        // Z_BUF_ERROR at the end means a gzip file that was cut short.
        if count < 0 || (code != Z_OK && code != Z_STREAM_END) {
            let reason =
                unsafe code == Z_ERRNO
                ? LineReader.systemText() : text.map { unsafe String(cString: $0) } ?? "\(code)"
            throw .damaged(file: name, line: line, reason: reason)
        }
        buffer.removeLast(LineReader.pieceBytes - Int(count))
        atEnd = count == 0
    }

    private static func systemText() -> String { unsafe String(cString: strerror(errno)) }
}
