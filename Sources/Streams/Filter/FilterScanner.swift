/// The words and signs of a filter's text, one after the other.
struct FilterScanner {
    /// What may stand together without a space between: names, numbers, symbols; or a sign.
    struct Lexeme: Equatable {
        var text: String
        /// Of its first byte, from 1.
        var position: Int
        var isWord: Bool
    }

    private static let signs: [UInt8: Bool] = [
        // Whether "=" may follow.
        UInt8(ascii: "("): false, UInt8(ascii: ")"): false, UInt8(ascii: ","): false,
        UInt8(ascii: "%"): false, UInt8(ascii: "="): true, UInt8(ascii: "!"): true,
        UInt8(ascii: "<"): true, UInt8(ascii: ">"): true,
    ]

    private let bytes: [UInt8]
    private var cursor = 0
    /// What comes next; nil at the end.
    private(set) var next: Lexeme?

    init(_ text: String) {
        bytes = Array(text.utf8)
        advance()
    }

    var endPosition: Int { bytes.count + 1 }

    mutating func advance() {
        while cursor < bytes.count, Self.isSpace(bytes[cursor]) { cursor += 1 }
        guard cursor < bytes.count else {
            next = nil
            return
        }
        let start = cursor
        let isWord = Self.isWord(bytes[start])
        cursor += 1
        if isWord {
            while cursor < bytes.count, Self.isWord(bytes[cursor]) { cursor += 1 }
        } else if Self.signs[bytes[start]] == true, cursor < bytes.count,
            bytes[cursor] == UInt8(ascii: "=")
        {
            cursor += 1
        } else if bytes[start] >= 0x80 {
            // The rest of one character, so that it can be repeated in a message.
            while cursor < bytes.count, bytes[cursor] & 0xc0 == 0x80 { cursor += 1 }
        }
        let text = String(decoding: bytes[start..<cursor], as: UTF8.self)
        next = Lexeme(text: text, position: start + 1, isWord: isWord)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"),
            UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
