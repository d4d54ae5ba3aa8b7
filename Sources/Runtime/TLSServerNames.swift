/// Which of several certificates is for which name, by the DNS names in their subject alternative
/// names (RFC 6125): an exact name goes before a wildcard, an earlier certificate before a later
/// one.
struct TLSServerNames: Sendable {
    private var exact: [String: Int] = [:]
    /// By what follows `*.`.
    private var wildcards: [String: Int] = [:]

    /// Adds the names of the certificate at `index`.
    mutating func add(_ names: [String], of index: Int) {
        for name in names.map(Self.normal) {
            if name.hasPrefix("*.") {
                let rest = String(name.dropFirst(2))
                // `*.com` would be for everybody; authorities do not issue it.
                if rest.contains("."), wildcards[rest] == nil { wildcards[rest] = index }
            } else if !name.contains("*"), exact[name] == nil {
                exact[name] = index
            }
        }
    }

    /// The certificate for the name a client asks for; nil: none names it.
    func index(of name: String) -> Int? {
        let name = Self.normal(name)
        if let index = exact[name] { return index }
        // A wildcard stands for exactly one label, the leftmost.
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
        return wildcards[String(name[name.index(after: dot)...])]
    }

    /// Names are compared without case and without the final dot of an absolute name.
    private static func normal(_ name: String) -> String {
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}
