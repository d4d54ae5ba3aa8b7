/// What compressing costs and what it is worth, in nanoseconds; measured with zlib's level 1 on
/// books of the seeded market (`Tests/Benchmarks/results.md`).
enum CompressionCost {
    /// To begin a message and to end it: the tables are reset, and the code is written down.
    static let perMessage = 12_000
    static let perByte = 20
    /// What a byte that is not sent is worth: the time that a link of one gigabit would take. The
    /// kernel's own part of it is far smaller, 0.2 ns on loopback, so compression never pays for
    /// itself in processor time alone until an audience has hundreds of rows.
    static let perByteSaved = 8
    /// A message below it is as long with gzip's head and end as without, or longer: ticks, trades.
    static let messageBytesMin = 160

    static func of(bytes: Int, messages: Int) -> Int { messages * perMessage + bytes * perByte }
}
