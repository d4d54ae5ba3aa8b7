internal import Market

/// Why a text is no filter. Positions count bytes from 1. The description says what is wrong and
/// what is allowed.
package enum FilterError: Error, Equatable, Sendable, CustomStringConvertible {
    case expected(String, found: String, position: Int)
    case badNumber(String, position: Int)
    case badSymbol(String, position: Int)
    case noChange(position: Int)
    case tooManyBytes(Int, max: Int)
    case tooManyTerms(max: Int, position: Int)
    case tooDeep(max: Int, position: Int)
    case tooManySymbols(max: Int, position: Int)

    /// The text is well-formed as far as it goes, but more than is allowed.
    package var isLimit: Bool {
        switch self {
        case .expected, .badNumber, .badSymbol, .noChange: false
        case .tooManyBytes, .tooManyTerms, .tooDeep, .tooManySymbols: true
        }
    }

    package var description: String {
        switch self {
        case .expected(let wanted, let found, let position):
            "at byte \(position) of the filter: expected \(wanted), found \(found)"
        case .badNumber(let text, let position):
            "at byte \(position) of the filter: \"\(text)\" is no decimal of at most 18 digits, "
                + "the last one not finer than 10^-18"
        case .badSymbol(let reason, let position): "at byte \(position) of the filter: \(reason)"
        case .noChange(let position):
            "at byte \(position) of the filter: the least change that counts is above 0"
        case .tooManyBytes(let bytes, let max):
            "a filter of \(bytes) bytes; at most \(max) are allowed"
        case .tooManyTerms(let max, let position):
            "at byte \(position) of the filter: more than \(max) comparisons"
        case .tooDeep(let max, let position):
            "at byte \(position) of the filter: more than \(max) \"(\" and \"not\" in each other"
        case .tooManySymbols(let max, let position):
            "at byte \(position) of the filter: more than \(max) symbols in a set"
        }
    }
}
