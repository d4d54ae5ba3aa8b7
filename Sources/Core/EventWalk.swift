/// A way along an event topic's ring: what was looked at, and what was sent of it.
struct EventWalk {
    /// The last sequence looked at, or lost.
    var seen: UInt64
    /// The last sequence that the frames lead to. Behind `seen` when a filter skipped what follows.
    var sent: UInt64
    /// Frames appended.
    var messages: UInt64 = 0
    /// Those of them that are neither gap nor status.
    var events: UInt64 = 0
    /// Of them, those that told what the ring had lost.
    var gaps: UInt64 = 0
    /// Where it ends before its goal: at a frame that begins beyond so many bytes.
    var bytesMax = Int.max

    init(seen: UInt64, sent: UInt64) {
        self.seen = seen
        self.sent = sent
    }
}
