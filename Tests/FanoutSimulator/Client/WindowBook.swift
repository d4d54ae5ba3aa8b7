/// What a client lets the server send, as the client counts it (RFC 9113 §6.9). A smaller initial
/// window holds from its acknowledgement on, a larger one from when it was sent.
struct WindowBook {
    private struct Change {
        var difference: Int
        /// Streams that were open when it was sent.
        var streams: Set<UInt32>
    }

    private(set) var connection = 65_535
    private(set) var initial: Int
    private var streams: [UInt32: Int] = [:]
    private var unanswered: [Change] = []
    /// Received and not yet given back.
    private var owed: [UInt32: Int] = [:]
    private(set) var owedConnection = 0

    init(initial: Int) { self.initial = initial }

    mutating func opened(_ stream: UInt32) { streams[stream] = initial }

    mutating func closed(_ stream: UInt32) {
        streams[stream] = nil
        owed[stream] = nil
    }

    mutating func initialChanges(to size: Int) {
        let difference = size - initial
        initial = size
        unanswered.append(Change(difference: difference, streams: Set(streams.keys)))
        if difference > 0 { apply(difference, to: streams.keys) }
    }

    mutating func changeAnswered() {
        let change = unanswered.removeFirst()
        if change.difference < 0 { apply(change.difference, to: change.streams) }
    }

    private mutating func apply(_ difference: Int, to ids: some Sequence<UInt32>) {
        for id in Array(ids) where streams[id] != nil { streams[id, default: 0] += difference }
    }

    /// False: more than was allowed.
    mutating func received(_ size: Int, on stream: UInt32) -> Bool {
        connection -= size
        owedConnection += size
        guard let left = streams[stream] else { return connection >= 0 }
        streams[stream] = left - size
        owed[stream, default: 0] += size
        return connection >= 0 && (size == 0 || left >= size)
    }

    var owingStreams: [UInt32] { owed.filter { $0.value > 0 }.keys.sorted() }

    /// Takes so much of what is owed; 0: nothing is.
    mutating func give(_ part: (Int) -> Int, to stream: UInt32) -> Int {
        let size = min(part(owed[stream] ?? 0), owed[stream] ?? 0)
        guard size > 0, let left = streams[stream] else { return 0 }
        owed[stream, default: 0] -= size
        streams[stream] = left + size
        return size
    }

    mutating func giveConnection(_ part: (Int) -> Int) -> Int {
        let size = min(part(owedConnection), owedConnection)
        owedConnection -= size
        connection += size
        return size
    }
}
