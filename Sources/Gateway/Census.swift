/// A look at every connection once a second, a few at a time: ten thousand at once would keep
/// everybody waiting for some 13 ms.
struct Census {
    /// Who is still to be asked in this round.
    private var unasked: [Int64] = []
    /// Bytes of the connection that held the most, when it was asked or since.
    private(set) var largest = 0
    /// From one step to the next.
    private(set) var pause = Self.interval

    static let interval = Duration.seconds(1)
    /// A third of a millisecond.
    static let stepMax = 256

    /// The round has come to its end, or none has begun.
    var isOver: Bool { unasked.isEmpty }

    /// Begins a round in which these are asked, in the steps that they take and within a second.
    mutating func begin(_ connections: [Int64]) {
        let steps = (connections.count + Self.stepMax - 1) / Self.stepMax
        self = Census()
        unasked = connections
        pause = Self.interval / max(1, steps)
    }

    /// Who is asked in this step.
    mutating func next() -> ArraySlice<Int64> {
        let step = unasked.suffix(Self.stepMax)
        unasked.removeLast(step.count)
        return step
    }

    mutating func noted(_ bytes: Int) { largest = max(largest, bytes) }
}
