/// A look once a second at every connection that held bytes when it was asked last, a few at a
/// time: ten thousand at once would keep everybody waiting for some 13 ms. All others hold nothing
/// between turns, or have said so: `GatewayConnection.heldUp` is told of what topics leave behind.
struct Census {
    /// Who is to be asked in the next round, and who still in this one.
    private var holders: [Int64] = []
    private var unasked: ArraySlice<Int64> = []
    /// Bytes of the connection that held the most, when it was asked or since.
    private(set) var largest = 0
    /// From one step to the next.
    private(set) var pause = Self.interval

    static let interval = Duration.seconds(1)
    /// A third of a millisecond.
    static let stepMax = 256

    /// The round has come to its end, or none has begun.
    var isOver: Bool { unasked.isEmpty }

    /// Nobody is known to hold anything.
    var isEmpty: Bool { holders.isEmpty && unasked.isEmpty }

    /// This one is to be asked; it is in no round yet.
    mutating func add(_ connection: Int64) { holders.append(connection) }

    /// Begins a round, in the steps that it takes and within a second.
    mutating func begin() {
        let steps = (holders.count + Self.stepMax - 1) / Self.stepMax
        pause = Self.interval / max(1, steps)
        largest = 0
        (unasked, holders) = (holders[...], [])
    }

    /// Who is asked in this step.
    mutating func next() -> ArraySlice<Int64> {
        let step = unasked.prefix(Self.stepMax)
        unasked = unasked.dropFirst(step.count)
        return step
    }

    mutating func noted(_ bytes: Int) { largest = max(largest, bytes) }
}
