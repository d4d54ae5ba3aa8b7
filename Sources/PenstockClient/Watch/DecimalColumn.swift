internal import Market

/// Decimals under one another: as many digits after the point as the longest has, aligned right.
struct DecimalColumn {
    private(set) var width = 0
    private var places = 0

    init(_ decimals: some Collection<Decimal>) {
        for decimal in decimals { places = max(places, -Int(decimal.exponent)) }
        for decimal in decimals { width = max(width, filled(decimal).count) }
    }

    func text(_ decimal: Decimal) -> String {
        let text = filled(decimal)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func filled(_ decimal: Decimal) -> String {
        let own = max(0, -Int(decimal.exponent))
        let zeros = String(repeating: "0", count: max(0, places - own))
        return decimal.description + (own == 0 && !zeros.isEmpty ? "." : "") + zeros
    }
}
