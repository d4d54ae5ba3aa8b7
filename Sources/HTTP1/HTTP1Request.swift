/// One whole request of a client.
package struct HTTP1Request: Equatable, Sendable {
    package struct QueryItem: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    /// As sent; methods are case-sensitive.
    package var method: String
    /// As sent: `/path?query`, an absolute URL, or `*`.
    package var target: String
    /// 1.0 or 1.1: the number after the point, larger ones count as 1.
    package var minorVersion: Int
    package var headers: HTTP1Headers
    /// With chunked coding removed. Empty if there was none.
    package var body: [UInt8]

    package init(
        method: String, target: String, minorVersion: Int = 1, headers: HTTP1Headers = .init(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.headers = headers
        self.body = body
    }

    /// Whether the connection may carry another request after the answer (RFC 9112 §9.3).
    package var keepAlive: Bool {
        if headers.list("connection", contains: "close") { return false }
        return minorVersion >= 1 || headers.list("connection", contains: "keep-alive")
    }

    /// The path with %-escapes decoded, always beginning with `/` (or `*`).
    package var path: String {
        Self.percentDecoded(origin.prefix { $0 != "?" }, plusIsSpace: false)
    }

    /// `?a=1&b=x%20y` as names and values, escapes and `+` decoded; a name without `=` has an
    /// empty value.
    package var queryItems: [QueryItem] {
        guard let mark = origin.firstIndex(of: "?") else { return [] }
        return origin[origin.index(after: mark)...].split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return QueryItem(
                name: Self.percentDecoded(name, plusIsSpace: true),
                value: Self.percentDecoded(
                    pair.dropFirst(name.count + 1), plusIsSpace: true))
        }
    }

    /// The first query item of that name.
    package func query(_ name: String) -> String? {
        queryItems.first { $0.name == name }?.value
    }

    /// The target without scheme, authority and fragment.
    private var origin: Substring {
        var rest = target.prefix { $0 != "#" }
        if !rest.hasPrefix("/"), let colon = rest.firstIndex(of: ":"),
            rest[colon...].hasPrefix("://")
        {
            rest = rest[colon...].dropFirst(3)
            guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
            rest = rest[slash...]
            if rest.hasPrefix("?") { return "/" + rest }
        }
        return rest
    }

    /// An escape that is none stays as it is; ill-formed UTF-8 is repaired.
    private static func percentDecoded(_ text: Substring, plusIsSpace: Bool) -> String {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            index += 1
            if byte == UInt8(ascii: "+") && plusIsSpace {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), index + 1 < source.count,
                let high = source[index].hexadecimalValue,
                let low = source[index + 1].hexadecimalValue
            {
                bytes.append(high << 4 | low)
                index += 2
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
