/// One instrument of the market model. Prices and quantities are in units of 10⁻⁸.
package struct ModelSpecification: Sendable {
    /// The venue's symbol, `BTCUSDT`.
    package let symbol: String
    package let base: String
    package let quote: String
    package let price: Int64
    package let tick: Int64
    /// What a typical level holds.
    package let quantity: Int64
    package let lot: Int64
    /// Mean number of changes in a second.
    package let changesPerSecond: Double
    /// The largest distance between two levels far from the best, in ticks.
    package let gapTicks: Int64

    private init(
        _ base: String, _ quote: String, price: Int64, tick: Int64, quantity: Int64, lot: Int64,
        changesPerSecond: Double, gapTicks: Int64
    ) {
        symbol = base + quote
        self.base = base
        self.quote = quote
        self.price = price
        self.tick = tick
        self.quantity = quantity
        self.lot = lot
        self.changesPerSecond = changesPerSecond
        self.gapTicks = gapTicks
    }

    /// The instruments of the model: a lively one, some of middling life, a quiet one.
    package static let all = [
        ModelSpecification(
            "BTC", "USDT", price: 6_180_000_000_000, tick: 1_000_000, quantity: 20_000_000,
            lot: 1000, changesPerSecond: 90, gapTicks: 30),
        ModelSpecification(
            "ETH", "USDT", price: 265_000_000_000, tick: 1_000_000, quantity: 300_000_000,
            lot: 10_000, changesPerSecond: 60, gapTicks: 4),
        ModelSpecification(
            "SOL", "USDT", price: 15_500_000_000, tick: 1_000_000, quantity: 4_000_000_000,
            lot: 100_000, changesPerSecond: 35, gapTicks: 2),
        ModelSpecification(
            "XRP", "USDT", price: 57_000_000, tick: 10_000, quantity: 150_000_000_000,
            lot: 100_000_000, changesPerSecond: 15, gapTicks: 2),
        ModelSpecification(
            "ETH", "BTC", price: 4_288_000, tick: 1000, quantity: 200_000_000, lot: 10_000,
            changesPerSecond: 8, gapTicks: 2),
    ]
}
