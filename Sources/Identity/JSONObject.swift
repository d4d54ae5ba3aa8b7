internal import Base
internal import JSON

/// The members of a JSON object, each name once: two readers of a document with a repeated name
/// may believe different values, so that one is refused (RFC 7515 §4, RFC 7519 §4).
struct JSONObject {
    private let members: [String: JSONValue]

    /// Nil: no object, a repeated name, or more members than anybody needs.
    init?(_ value: JSONValue, membersMax: Int = 256) {
        guard value.isObject, value.count <= membersMax else { return nil }
        var members: [String: JSONValue] = [:]
        for (key, value) in value.members {
            guard let name = key.text, members.updateValue(value, forKey: name) == nil else {
                return nil
            }
        }
        self.members = members
    }

    var names: some Collection<String> { members.keys }

    subscript(name: String) -> JSONValue? { members[name] }
}

extension JSONValue {
    /// The strings of an array of strings; nil if it is none or has something else in it.
    var texts: [String]? {
        guard isArray else { return nil }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A NumericDate of RFC 7519 §2: seconds since 1970, perhaps with a fraction. Saturates, so
    /// that any number is a time. Nil: no number.
    var numericDate: Timestamp? {
        if let seconds = int64 {
            let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            return overflow ? (seconds < 0 ? .first : .last) : Timestamp(nanoseconds: nanoseconds)
        }
        if uint64 != nil { return .last }
        guard let seconds = double else { return nil }
        let nanoseconds = seconds * 1e9
        if nanoseconds >= 0x1p63 { return .last }
        if nanoseconds <= -0x1p63 { return .first }
        return Timestamp(nanoseconds: Int64(nanoseconds))
    }
}

extension Timestamp {
    static let first = Timestamp(nanoseconds: .min)
    static let last = Timestamp(nanoseconds: .max)
}
