import Base

/// One direction of a connection: what the writer's kernel has taken and the reader's has not given
/// yet. Whole, until it is cut.
final class Pipe {
    /// Bytes that it holds at most.
    var capacity: Int
    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to which place of `bytes` they were written, and when.
    private var pieces: [(end: Int, writtenAt: Instant)] = []
    /// The writer has ended; what is inside still comes.
    private(set) var hasEnded = false

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { bytes.count - start }
    var room: Int { hasEnded ? 0 : max(0, capacity - count) }

    /// Takes the first bytes, at most `limit`, and as many as there is room for. Returns how many.
    func write(_ output: RawSpan, limit: Int, at now: Instant) -> Int {
        let size = min(room, limit, output.byteCount)
        guard size > 0 else { return 0 }
        bytes.append(output.extracting(0..<size))
        pieces.append((bytes.count, now))
        return size
    }

    /// The next bytes that were written together, at most `limit`.
    func read(limit: Int) -> (bytes: [UInt8], writtenAt: Instant)? {
        guard let piece = pieces.first, limit > 0 else { return nil }
        let end = start + min(piece.end - start, limit)
        let part = Array(bytes[start..<end])
        start = end
        if start == piece.end { pieces.removeFirst() }
        if pieces.isEmpty { (bytes, start) = ([], 0) }
        if start > 65_536 { forgetWhatWasRead() }
        return (part, piece.writtenAt)
    }

    private func forgetWhatWasRead() {
        bytes.removeSubrange(..<start)
        for index in pieces.indices { pieces[index].end -= start }
        start = 0
    }

    func end() { hasEnded = true }

    /// Nothing more is written, and of what is inside only the first bytes arrive.
    func cut(keeping size: Int) {
        hasEnded = true
        let end = start + min(size, count)
        bytes.removeSubrange(end...)
        let torn = pieces.first { $0.end > end }
        pieces.removeAll { $0.end > end }
        if let torn, pieces.last?.end ?? start < end { pieces.append((end, torn.writtenAt)) }
    }
}
