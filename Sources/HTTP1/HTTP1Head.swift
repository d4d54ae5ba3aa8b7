/// Start line and header fields of a message, and how long its body is.
struct HTTP1Head {
    let startLine: ArraySlice<UInt8>
    let headers: HTTP1Headers

    /// Splits a head at its line ends, which `HTTP1Framer` has checked.
    init(_ head: ArraySlice<UInt8>, limits: HTTP1Limits) throws(HTTP1Error) {
        var headers = HTTP1Headers()
        var rest = head
        startLine = Self.takeLine(&rest)
        while !rest.isEmpty {
            let line = Self.takeLine(&rest)
            if headers.count == limits.headerCountMax {
                throw .tooManyHeaders(limit: limits.headerCountMax)
            }
            if line.first == 0x20 || line.first == 0x09 { throw .obsoleteFolding }
            let name = line.prefix { $0.isTokenCharacter }
            guard !name.isEmpty, name.endIndex < line.endIndex,
                line[name.endIndex] == UInt8(ascii: ":")
            else { throw .malformedHeader }
            let value = String(decoding: line[(name.endIndex + 1)...], as: UTF8.self)
            headers.append(String(decoding: name, as: UTF8.self), value.trimmed())
        }
        self.headers = headers
    }

    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = rest.prefix { $0 != 0x0d }
        rest = rest[line.endIndex...].dropFirst(2)
        return line
    }

    /// `1.x` gives x; another major version is refused.
    static func minorVersion(_ text: ArraySlice<UInt8>) -> Result<Int, HTTP1Error>? {
        let bytes = Array(text)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[5].isDigit,
            bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { return nil }
        if bytes[5] != UInt8(ascii: "1") { return .failure(.unsupportedVersion) }
        return .success(min(Int(bytes[7] - 0x30), 1))
    }

    /// What the fields say about the body (RFC 9112 §6.3); nil when they are silent. Everything
    /// that two servers could read in two ways is refused.
    func bodyLength(minorVersion: Int) throws(HTTP1Error) -> HTTP1Framer.BodyLength? {
        let lengths = headers.values("content-length")
        let codings = headers.values("transfer-encoding")
        if !codings.isEmpty {
            if !lengths.isEmpty || minorVersion == 0 { throw .conflictingLength }
            guard codings.count == 1, codings[0].equalsIgnoringCase("chunked") else {
                throw .unsupportedTransferEncoding
            }
            return .chunked
        }
        guard let text = lengths.first else { return nil }
        guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else {
            throw .invalidContentLength
        }
        // Digits that do not fit are a number all the same, one above every limit.
        return .fixed(Int(text) ?? .max)
    }
}
