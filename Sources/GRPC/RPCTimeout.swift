/// The `grpc-timeout` field: one to eight digits and a unit (grpc/doc/PROTOCOL-HTTP2.md).
package enum RPCTimeout {
    /// Nil: malformed.
    package static func parse(_ text: String) -> Duration? {
        let digits = text.utf8.dropLast()
        guard (1...8).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        switch text.utf8.last {
        case UInt8(ascii: "H"): return .seconds(number * 3600)
        case UInt8(ascii: "M"): return .seconds(number * 60)
        case UInt8(ascii: "S"): return .seconds(number)
        case UInt8(ascii: "m"): return .milliseconds(number)
        case UInt8(ascii: "u"): return .microseconds(number)
        case UInt8(ascii: "n"): return .nanoseconds(number)
        default: return nil
        }
    }

    /// The shortest text that is not shorter than the duration.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds < 100 {
            let microseconds = max(0, seconds * 1_000_000 + (nanoseconds + 999) / 1000)
            return microseconds < 100_000_000 ? "\(microseconds)u" : "100S"
        }
        let rounded = seconds + (attoseconds > 0 ? 1 : 0)
        return rounded < 100_000_000 ? "\(rounded)S" : "99999999S"
    }
}
