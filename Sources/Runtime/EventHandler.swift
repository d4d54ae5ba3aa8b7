/// Something with a file descriptor that a loop watches. All calls happen on the loop's thread.
protocol EventHandler: AnyObject {
    /// The descriptor is ready; `events` is epoll's mask.
    func ready(_ events: UInt32)
    /// The loop stops: let go of the descriptor.
    func loopStops()
}

/// Names one registration of a descriptor at a loop's epoll. The generation makes events of a
/// registration that ended earlier in the same batch recognisable.
struct WatchToken {
    var slot: UInt32
    var generation: UInt32

    init(slot: UInt32, generation: UInt32) { (self.slot, self.generation) = (slot, generation) }

    init(data: UInt64) {
        self.init(slot: UInt32(truncatingIfNeeded: data), generation: UInt32(data >> 32))
    }

    var data: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
