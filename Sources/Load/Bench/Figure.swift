/// Numbers as people read them.
enum Figure {
    /// With three digits that count, or all before the point: "0.123", "1.23", "12.3", "1,234".
    static func text(_ value: Double) -> String {
        let size = abs(value)
        return text(value, digits: size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    }

    /// With so many digits after the point.
    static func text(_ value: Double, digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        let scale = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
        let units = Int64((value * Double(scale)).rounded())
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
        let sign = units < 0 ? "-" : ""
        if digits == 0 { return sign + grouped(whole) }
        let tail = String(rest)
        return sign + grouped(whole) + "." + String(repeating: "0", count: digits - tail.count)
            + tail
    }

    static func text(_ count: Int) -> String {
        (count < 0 ? "-" : "") + grouped(UInt64(count.magnitude))
    }

    /// "1,234,567"
    private static func grouped(_ number: UInt64) -> String {
        let digits = String(number)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
