internal import Market

/// Writes one line of compact JSON: an object whose members are appended in order.
struct JSONLine {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isFirst = true

    mutating func append(_ name: StaticString, _ text: String) {
        key(name)
        quote(text)
    }

    mutating func append(_ name: StaticString, _ number: UInt64) {
        key(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Left out when unknown.
    mutating func appendIfKnown(_ name: StaticString, _ number: UInt64?) {
        if let number { append(name, number) }
    }

    /// Plain notation, as a string; null when unknown.
    mutating func append(_ name: StaticString, _ decimal: Decimal?) {
        key(name)
        if let decimal { quoteDecimal(decimal) } else { bytes.append(contentsOf: "null".utf8) }
    }

    /// `[["price","quantity"],…]`
    mutating func append(_ name: StaticString, _ levels: [Level]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (rank, level) in levels.enumerated() {
            if rank > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "["))
            quoteDecimal(level.price)
            bytes.append(UInt8(ascii: ","))
            quoteDecimal(level.quantity)
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func append(_ name: StaticString, object fill: (inout JSONLine) -> Void) {
        key(name)
        var nested = JSONLine()
        fill(&nested)
        bytes.append(contentsOf: nested.bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The whole line with its line feed.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func key(_ name: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        quote("\(name)")
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func quoteDecimal(_ decimal: Decimal) {
        bytes.append(UInt8(ascii: "\""))
        appendPlain(decimal)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The same digits as `description`, without strings in between: a book has hundreds.
    private mutating func appendPlain(_ decimal: Decimal) {
        let zero = UInt8(ascii: "0")
        if decimal.isNegative { bytes.append(UInt8(ascii: "-")) }
        let fraction = max(0, -Int(decimal.exponent))
        var rest = decimal.mantissa.magnitude
        let start = bytes.count
        // From the last digit to the first, then turned round.
        repeat {
            if bytes.count - start == fraction && fraction > 0 { bytes.append(UInt8(ascii: ".")) }
            let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(zero + UInt8(digit))
            rest = tenth
        } while rest > 0 || fraction > 0 && bytes.count - start < fraction + 2
        bytes[start...].reverse()
        bytes.append(contentsOf: repeatElement(zero, count: max(0, Int(decimal.exponent))))
    }

    private mutating func quote(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
