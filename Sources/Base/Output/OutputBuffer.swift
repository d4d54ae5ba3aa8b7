/// Bytes on their way to a socket: appended at the end by protocols, consumed from the front by
/// the socket. One per connection, confined to the connection's loop.
///
/// It has bytes of its own, or it owes frames that many connections share: what a turn's fan-out
/// says to a connection that has nothing else to send is copied on its way into the kernel and not
/// before (`FrameRows` tells why). Invariants: the bytes in `storage[start..<end]` are initialised;
/// frames are owed only while there are none. An empty buffer holds no memory once `release()` was
/// called, so an idle connection costs only the object.
@safe
package final class OutputBuffer {
    // What the hot path reads and changes lies side by side, and nothing of it has package access:
    // so no access needs a check at run time.
    /// The protocol lets lanes append.
    var isOpenForLanes = false
    /// The turn will flush it.
    var isListed = false
    /// Payload bytes that the protocol allows on the whole connection.
    var window = 0
    /// Lanes do not append beyond this many bytes that wait.
    var bytesMax = 0
    /// Messages taken for sending.
    var messages = 0
    private(set) var start = 0
    private(set) var end = 0
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    /// Retained: what the connections of one loop share. Nil: nothing is owed, all is copied at
    /// once.
    let turn: Unmanaged<OutputTurn>?
    /// Whom the turn asks to flush.
    private(set) var flusher: Unmanaged<AnyObject>?
    private var taken: UInt64 = 0
    /// Bytes that the protocol keeps elsewhere until the peer's windows open.
    var heldBack = 0
    var debt = FrameDebt()

    /// Told when there is something to flush, where no turn sees to that.
    package var wantsFlush: () -> Void = {}

    package init(turn: OutputTurn? = nil) {
        unsafe self.turn = turn.map { unsafe Unmanaged.passRetained($0) }
    }

    deinit {
        unsafe storage?.deallocate()
        unsafe turn?.release()
    }

    /// Bytes that ever left: who waits sees progress by it.
    package var takenCount: UInt64 { taken }

    /// Who flushes the output when the turn ends; nil before `flusher` itself goes.
    package func setFlusher(_ flusher: AnyObject?) {
        unsafe self.flusher = flusher.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Nothing waits, neither here nor behind windows.
    package var holdsNothing: Bool { isEmpty && heldBack == 0 }

    package var count: Int { end &- start &+ debt.bytes }
    package var isEmpty: Bool { end == start && debt.isEmpty }
    package var holdsMemory: Bool { capacity > 0 }

    /// The bytes not yet consumed. The closure must not touch the buffer.
    package func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        if !debt.isEmpty, let turn = unsafe turn {
            let gathered = unsafe turn._withUnsafeGuaranteedRef { unsafe $0.scratch(debt.bytes) }
            unsafe debt.write(to: gathered)
            return try unsafe body(UnsafeRawBufferPointer(start: gathered, count: debt.bytes))
        }
        guard let storage = unsafe storage else {
            return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try unsafe body(UnsafeRawBufferPointer(start: storage + start, count: end &- start))
    }

    /// All that waits are frames that are owed, and so large that `withPieces` spares a copy that
    /// is worth it.
    package var owesLargeFrames: Bool { debt.isLarge }

    /// What is owed, in pieces that leave one after the other. The closure must not touch the
    /// buffer.
    package func withPieces<Result>(
        _ body: (UnsafeBufferPointer<OutputPiece>) -> Result
    ) -> Result {
        unsafe debt.withPieces { unsafe body($0) }
    }

    /// The bytes not yet consumed, borrowed. The closure must not touch the buffer.
    package func withSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe withBytes { unsafe body(RawSpan(_unsafeBytes: $0)) }
    }

    /// Room for `size` more bytes; the caller writes all of them before anything else happens.
    @inline(__always)
    package func extend(by size: Int) -> UnsafeMutableRawPointer {
        if end &+ size > capacity || !debt.isEmpty { grow(by: size) }
        let target = unsafe storage.unsafelyUnwrapped + end
        end &+= size
        return unsafe target
    }

    /// Room for at least `size` bytes behind the end, all that there is without growing. Nothing is
    /// appended until `advance(by:)`; the room is gone with the next call that appends or consumes.
    @inline(__always)
    package func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if end &+ size > capacity || !debt.isEmpty { grow(by: size) }
        return unsafe UnsafeMutableRawBufferPointer(
            start: storage.unsafelyUnwrapped + end, count: capacity &- end)
    }

    /// Appends the first `size` bytes of the room that `reserve` gave; the caller has written them.
    @inline(__always)
    package func advance(by size: Int) {
        precondition(size >= 0 && size <= capacity &- end, "advanced beyond the reserved room")
        end &+= size
    }

    @inline(__always)
    package func append(_ source: UnsafeRawPointer, count: Int) {
        if count == 0 { return }
        unsafe extend(by: count).copyMemory(from: source, byteCount: count)
    }

    package func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe append(base, count: source.count) }
        }
    }

    package func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe append(base, count: source.count) }
        }
    }

    package func append(_ text: StaticString) {
        unsafe append(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
    }

    package func append(_ byte: UInt8) {
        unsafe extend(by: 1).storeBytes(of: byte, as: UInt8.self)
    }

    /// Forgets the first `size` bytes.
    package func consume(_ size: Int) {
        precondition(size <= count, "consumed \(size) of \(count) bytes")
        taken &+= UInt64(size)
        if size == debt.bytes {
            debt.clear()
            if size > 0 { return }
        }
        settle()
        start &+= size
        if start == end { (start, end) = (0, 0) }
    }

    package func removeAll() {
        debt.clear()
        (start, end) = (0, 0)
    }

    /// Gives the memory back if the buffer is empty and holds more than `limit` bytes of it.
    package func release(above limit: Int = 0) {
        guard end == start, capacity > limit else { return }
        unsafe storage?.deallocate()
        unsafe storage = nil
        capacity = 0
    }

    package func copyBytes() -> [UInt8] { unsafe withBytes { unsafe Array($0) } }

    /// There is something to send now.
    package func becameFilled() {
        if let turn = unsafe turn {
            unsafe turn._withUnsafeGuaranteedRef { $0.list(self) }
        } else {
            wantsFlush()
        }
    }

    /// Copies what is owed, so that the shared frames may go.
    func settle() {
        if debt.isEmpty { return }
        let bytes = debt.bytes
        if bytes > capacity { makeRoom(bytes) }
        unsafe debt.write(to: storage.unsafelyUnwrapped)
        (start, end) = (0, bytes)
        debt.clear()
    }

    @inline(never)
    private func grow(by size: Int) {
        settle()
        if end &+ size > capacity { makeRoom(count + size) }
    }

    /// Moves what is there to the front of memory for at least `size` bytes.
    private func makeRoom(_ size: Int) {
        var wanted = max(capacity, 512)
        while wanted < size { wanted *= 2 }
        let used = end &- start
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let old = unsafe storage {
            unsafe fresh.copyMemory(from: old + start, byteCount: used)
            unsafe old.deallocate()
        }
        unsafe storage = fresh
        (capacity, start, end) = (wanted, 0, used)
    }
}
