/// Our identity of a tradable pair, the same at every venue: "BTC/USDT".
///
/// Invariant: both assets are 1 to 20 capital ASCII letters or digits.
package struct Symbol: Hashable, Sendable, CustomStringConvertible {
    package static let assetLengthMax = 20

    package let base: String
    package let quote: String

    package init(base: String, quote: String) throws(SymbolError) {
        try Symbol.check(base)
        try Symbol.check(quote)
        self.base = base
        self.quote = quote
    }

    package init(parsing text: some StringProtocol) throws(SymbolError) {
        // The rest stays whole, so that "A/B/C" is told that "/" is not allowed in an asset.
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .noSlash(String(text.prefix(SymbolError.echoMax))) }
        try self.init(base: String(parts[0]), quote: String(parts[1]))
    }

    package init?(_ text: String) {
        do throws(SymbolError) { try self.init(parsing: text) } catch { return nil }
    }

    package var description: String { base + "/" + quote }

    private static func check(_ asset: String) throws(SymbolError) {
        let length = asset.utf8.count
        if length == 0 { throw .emptyAsset }
        if length > assetLengthMax { throw .assetTooLong(length: length) }
        for scalar in asset.unicodeScalars {
            switch scalar {
            case "A"..."Z", "0"..."9": continue
            default: throw .badCharacter(scalar, asset: asset)
            }
        }
    }
}
