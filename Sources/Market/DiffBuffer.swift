/// Diffs that wait for a snapshot: all their levels in one flat array, which diff owns which in
/// another. Invariant: ids rise, without a hole, from `first` to `last`.
struct DiffBuffer {
    struct BufferedLevel {
        // In this order a level takes 32 bytes, with the side in front 40.
        var price: Decimal
        var quantity: Decimal
        var side: OrderBook.Side
    }

    struct BufferedDiff {
        var first: UInt64
        var last: UInt64
        /// End of its levels in `levels`; they begin where the previous diff's end.
        var levelsEnd: Int
    }

    /// 4,096 diffs are seven minutes at one in 100 ms; a snapshot takes a second or two.
    static let diffsMax = 4096
    /// 8 MiB of levels.
    static let levelsMax = 8 << 20 / MemoryLayout<BufferedLevel>.stride

    private(set) var diffs: [BufferedDiff] = []
    private(set) var levels: [BufferedLevel] = []

    var isEmpty: Bool { diffs.isEmpty }
    var first: UInt64? { diffs.first?.first }
    var last: UInt64? { diffs.last?.last }
    var isOverfull: Bool {
        diffs.count > DiffBuffer.diffsMax || levels.count > DiffBuffer.levelsMax
    }

    mutating func begin(first: UInt64, last: UInt64) {
        diffs.append(BufferedDiff(first: first, last: last, levelsEnd: levels.count))
    }

    /// Adds a level to the diff begun last.
    mutating func append(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        levels.append(BufferedLevel(price: price, quantity: quantity, side: side))
        diffs[diffs.count - 1].levelsEnd = levels.count
    }

    /// The levels of all diffs that end after `id`, oldest first.
    func levels(after id: UInt64) -> ArraySlice<BufferedLevel> {
        guard let kept = diffs.firstIndex(where: { $0.last > id }) else { return [] }
        return levels[(kept == 0 ? 0 : diffs[kept - 1].levelsEnd)...]
    }

    /// Whether the diffs, applied over a snapshot at `id`, leave no hole.
    func continues(_ id: UInt64) -> Bool {
        guard let first else { return true }
        return first <= id || first - id == 1
    }

    /// Whether a diff that begins at `id` leaves no hole after the last one.
    func reaches(_ id: UInt64) -> Bool {
        guard let last else { return true }
        return id <= last || id - last == 1
    }

    /// Gives the memory back: a live book needs none.
    mutating func removeAll() {
        diffs = []
        levels = []
    }
}
