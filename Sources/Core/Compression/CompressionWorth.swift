/// Whether frames of one kind are worth being compressed: what they saved lately, for as many rows
/// as take them, against what compressing costs. A value; one for each audience and kind of frame.
struct CompressionWorth {
    /// Nothing is tried whose best case does not pay: market data never shrinks to less than this.
    private static let shareMax = 0.75
    /// Frames that would pay in the best case, and are compressed to see whether they do.
    private static let probeInterval = 64
    /// How much the latest frame counts.
    private static let weight = 0.125

    /// Part of the bytes that compressing took away; nil: nothing was tried.
    private(set) var share: Double?
    private var sinceProbe = 0

    /// Whether to compress a frame that so many rows take.
    mutating func decide(bytes: Int, messages: Int, rows: Int) -> Bool {
        guard messages > 0, bytes >= messages * CompressionCost.messageBytesMin else {
            return false
        }
        let cost = Double(CompressionCost.of(bytes: bytes, messages: messages))
        let bytesWorth = Double(bytes * rows * CompressionCost.perByteSaved)
        guard bytesWorth * Self.shareMax >= cost else { return false }
        sinceProbe += 1
        guard let share, sinceProbe < Self.probeInterval else {
            sinceProbe = 0
            return true
        }
        return bytesWorth * share >= cost
    }

    /// A frame was compressed: `packed` is at most `bytes`.
    mutating func learn(bytes: Int, packed: Int) {
        let latest = Double(bytes - packed) / Double(max(1, bytes))
        share = share.map { $0 + (latest - $0) * Self.weight } ?? latest
    }
}
