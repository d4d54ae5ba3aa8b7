internal import CSimdjson

/// Parses JSON documents with simdjson, one at a time, reusing all memory.
///
/// Owns the C parser. Confined to whoever created it: not thread-safe. A value handed out by
/// `parse` refers to the parser's memory; it dies at the next `parse` and with the parser.
@safe
package final class JSONParser {
    private let parser: OpaquePointer
    /// Longest document accepted, in bytes.
    package let bytesMax: Int
    /// Deepest nesting accepted; `[[]]` is 2.
    package let depthMax: Int

    /// The defaults fit exchange feeds: Binance's messages end at 4 MiB and nest 5 deep.
    package init(bytesMax: Int = 4 << 20, depthMax: Int = 32) {
        precondition(bytesMax > 0 && depthMax > 0)
        guard let parser = unsafe csimdjson_create(bytesMax, depthMax) else {
            preconditionFailure("no memory for a JSON parser")
        }
        unsafe self.parser = unsafe parser
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }

    deinit { unsafe csimdjson_destroy(parser) }

    /// The document's root value. Copies the bytes, so they may go away afterwards.
    package func parse(_ bytes: RawSpan) throws(JSONError) -> JSONValue {
        let document = unsafe bytes.withUnsafeBytes {
            unsafe csimdjson_parse(parser, $0.baseAddress, $0.count)
        }
        guard let tape = unsafe document.tape, let strings = unsafe document.strings else {
            throw error(unsafe document.error)
        }
        return unsafe JSONValue(tape: tape, strings: strings, index: 1)
    }

    /// The document's root value, of text in an array.
    package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try unsafe parse(bytes.span.bytes)
    }

    /// simdjson's codes, as numbered by its `error_code` since 1.0.
    private func error(_ code: Int32) -> JSONError {
        switch code {
        case 1: .tooLarge(bytesMax: bytesMax)
        case 2: .outOfMemory
        case 4: .tooDeep(depthMax: depthMax)
        case 5, 13, 14: .badString
        case 9, 17: .badNumber
        case 10: .notUTF8
        case 12: .empty
        default: .malformed(code: code)
        }
    }
}
