package import Runtime

/// A base address of a venue: where to connect, and what every path begins with.
package struct FeedAddress: Equatable, Sendable {
    package let endpoint: Endpoint
    /// Empty, or begins with `/` and does not end with one.
    package let path: String
    private let isStandardPort: Bool

    /// `http://HOST[:PORT][/PATH]`, `https`, `ws` or `wss`; nil for anything else.
    package init?(_ text: String) {
        guard let schemeEnd = text.firstRange(of: "://") else { return nil }
        let isSecure: Bool
        switch text[..<schemeEnd.lowerBound] {
        case "http", "ws": isSecure = false
        case "https", "wss": isSecure = true
        default: return nil
        }
        let rest = text[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.last == "/" { path.removeLast() }
        guard !path.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else {
            return nil
        }
        var host = authority
        var port: UInt16?
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0
            else { return nil }
            port = number
            host = authority[..<colon]
        }
        if host.first == "[" && host.last == "]" { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0 == "@" || $0.isWhitespace }) else {
            return nil
        }
        let standard: UInt16 = isSecure ? 443 : 80
        endpoint = Endpoint(host: String(host), port: port ?? standard, tls: isSecure)
        isStandardPort = endpoint.port == standard
        self.path = String(path)
    }

    /// For a Host header: with the port unless it is the scheme's own.
    package var host: String {
        if !isStandardPort { return endpoint.description }
        return endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
    }

    /// For an HTTP client.
    package var requestURL: String { (endpoint.tls != nil ? "https://" : "http://") + host + path }
}
