/// Why bytes are not a JSON document this process accepts.
package enum JSONError: Error, Equatable, Sendable {
    /// No value at all.
    case empty
    /// More bytes than the parser's limit.
    case tooLarge(bytesMax: Int)
    /// Nested deeper than the parser's limit.
    case tooDeep(depthMax: Int)
    /// A byte sequence that is not UTF-8.
    case notUTF8
    /// A string without its closing quote, with a raw control character or a bad escape.
    case badString
    /// A number outside the grammar or outside 64 bits.
    case badNumber
    /// Any other break of the grammar, with simdjson's error code.
    case malformed(code: Int32)
    case outOfMemory
}
