/// What a client says in the path and query of a WebSocket URL.
package struct StreamURL: Equatable, Sendable {
    /// Whether events come wrapped in `{"stream","data"}`: `/stream` yes, `/ws` no.
    package let isCombined: Bool
    package let streams: [String]

    /// `/stream`, `/stream/<anything>`, `/stream?streams=a/b`, `/ws`, `/ws/a/b`; nil otherwise.
    /// The path is that behind the venue's prefix.
    package init?(target: some StringProtocol) {
        let path = target.prefix { $0 != "?" }
        let query = target.dropFirst(path.count + 1)
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let first = parts.first else { return nil }
        switch first {
        case "stream":
            isCombined = true
            let listed = QueryItems(String(query))["streams"] ?? ""
            streams = listed.split(separator: "/").map(String.init)
        case "ws":
            isCombined = false
            streams = parts.dropFirst().map { percentDecoded(String($0)) }
        default: return nil
        }
    }
}

/// The `name=value` pairs of a query.
package struct QueryItems: Equatable, Sendable {
    package let pairs: [(name: String, value: String)]

    package init(_ query: String) {
        pairs = query.split(separator: "&").map { item in
            let name = item.prefix { $0 != "=" }
            return (
                percentDecoded(String(name)), percentDecoded(String(item.dropFirst(name.count + 1)))
            )
        }
    }

    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    package static func == (left: QueryItems, right: QueryItems) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }
}

/// `%5B` → `[`; a `%` that no two hexadecimal digits follow stays as it is.
package func percentDecoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    var place = 0
    while place < source.count {
        if source[place] == UInt8(ascii: "%"), place + 2 < source.count,
            let high = hexadecimal(source[place + 1]), let low = hexadecimal(source[place + 2])
        {
            bytes.append(high << 4 | low)
            place += 3
        } else {
            bytes.append(source[place])
            place += 1
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
