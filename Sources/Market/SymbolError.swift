/// Why a text is no canonical symbol.
package enum SymbolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At most this much of a wrong text is repeated in a message.
    package static let echoMax = 64

    case noSlash(String)
    case emptyAsset
    case assetTooLong(length: Int)
    case badCharacter(Unicode.Scalar, asset: String)

    package var description: String {
        switch self {
        case .noSlash(let text):
            "symbol \"\(text.plainText)\" has no \"/\"; write BASE/QUOTE, for example BTC/USDT"
        case .emptyAsset:
            "symbol lacks an asset; write BASE/QUOTE, for example BTC/USDT"
        case .assetTooLong(let length):
            "asset of \(length) bytes; at most \(Symbol.assetLengthMax) are allowed"
        case .badCharacter(let scalar, let asset):
            "character \(String(scalar).plainText) in asset \"\(asset.plainText)\"; "
                + "only A-Z and 0-9 are allowed"
        }
    }
}

extension String {
    /// Fit for a one-line message: control characters are escaped.
    package var plainText: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            text +=
                scalar.value < 32 || scalar.value == 127
                ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}
