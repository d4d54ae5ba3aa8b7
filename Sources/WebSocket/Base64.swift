/// Base64 with padding (RFC 4648 §4), for handshake keys.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let missing = 3 - group.count
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * missing)
            for index in 0..<(4 - missing) { text.append(alphabet[word >> (18 - 6 * index) & 63]) }
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: missing))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether the text is the encoding of that many bytes. Stray bits in the last group do no
    /// harm and are let pass.
    static func isEncoding(_ text: String, ofByteCount count: Int) -> Bool {
        let padding = (3 - count % 3) % 3
        let bytes = Array(text.utf8)
        guard bytes.count == (count + 2) / 3 * 4 else { return false }
        return bytes.suffix(padding).allSatisfy { $0 == UInt8(ascii: "=") }
            && bytes.dropLast(padding).allSatisfy { alphabet.contains($0) }
    }
}
