/// How a client takes what comes.
struct ReadingManner {
    /// Bytes a read takes at most.
    var readBytesMax: Int
    /// How often it reads when it may.
    var readChance: Double
    /// How often it gives windows back, and whether all of them.
    var creditChance: Double
    var givesAll: Bool

    static let eager = ReadingManner(
        readBytesMax: .max, readChance: 1, creditChance: 1, givesAll: true)
    /// Reads never again.
    static let dead = ReadingManner(
        readBytesMax: 0, readChance: 0, creditChance: 0, givesAll: false)
    /// Reads, but never opens a window.
    static let stingy = ReadingManner(
        readBytesMax: .max, readChance: 1, creditChance: 0, givesAll: false)

    static func slow(_ dice: Dice) -> ReadingManner {
        ReadingManner(
            readBytesMax: dice.spread(1...16_384), readChance: dice.pick([0.05, 0.3, 0.8]),
            creditChance: dice.pick([0.1, 0.5, 1]), givesAll: dice.chance(0.5))
    }
}
