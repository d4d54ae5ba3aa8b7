/// The venues the simulator can be; the raw value is the path prefix and the name in output.
package enum SimulatedVenue: String, CaseIterable, Sendable {
    case binance
    case binanceUS = "binance_us"

    /// The venue whose host this is: `stream.binance.com:9443`, `api.binance.us`, …
    package init?(host: some StringProtocol) {
        let name = host.prefix { $0 != ":" }.lowercased()
        func belongs(to domain: String) -> Bool { name == domain || name.hasSuffix("." + domain) }
        if belongs(to: "binance.com") || belongs(to: "binance.vision") {
            self = .binance
        } else if belongs(to: "binance.us") {
            self = .binanceUS
        } else {
            return nil
        }
    }
}
