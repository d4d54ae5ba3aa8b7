/// Bytes on their way to a socket: appended at the end by protocols, consumed from the front by
/// the socket. One per connection, confined to the connection's loop.
///
/// Invariant: the bytes in `storage[start..<end]` are initialised. An empty buffer holds no memory
/// once `release()` was called, so an idle connection costs only the object.
@safe
package final class OutputBuffer {
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0
    /// Bytes that ever left: who waits sees progress by it.
    package private(set) var takenCount: UInt64 = 0

    package init() {}

    deinit { unsafe storage?.deallocate() }

    package var count: Int { end &- start }
    package var isEmpty: Bool { end == start }

    /// The bytes not yet consumed. The closure must not touch the buffer.
    package func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        guard let storage = unsafe storage else {
            return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try unsafe body(UnsafeRawBufferPointer(start: storage + start, count: count))
    }

    /// The bytes not yet consumed, borrowed. The closure must not touch the buffer.
    package func withSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe withBytes { unsafe body(RawSpan(_unsafeBytes: $0)) }
    }

    /// Room for `size` more bytes; the caller writes all of them before anything else happens.
    @inline(__always)
    package func extend(by size: Int) -> UnsafeMutableRawPointer {
        if end &+ size > capacity { grow(by: size) }
        let target = unsafe storage.unsafelyUnwrapped + end
        end &+= size
        return unsafe target
    }

    /// Room for at least `size` bytes behind the end, all that there is without growing. Nothing is
    /// appended until `advance(by:)`; the room is gone with the next call that appends or consumes.
    @inline(__always)
    package func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if end &+ size > capacity { grow(by: size) }
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
        start &+= size
        takenCount &+= UInt64(size)
        if start == end { (start, end) = (0, 0) }
    }

    package func removeAll() { (start, end) = (0, 0) }

    /// Gives the memory back if the buffer is empty and holds more than `limit` bytes of it.
    package func release(above limit: Int = 0) {
        guard isEmpty, capacity > limit else { return }
        unsafe storage?.deallocate()
        unsafe storage = nil
        capacity = 0
    }

    package func copyBytes() -> [UInt8] { unsafe withBytes { unsafe Array($0) } }

    @inline(never)
    private func grow(by size: Int) {
        let used = count
        var wanted = max(capacity, 512)
        while wanted < used + size { wanted *= 2 }
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let old = unsafe storage {
            unsafe fresh.copyMemory(from: old + start, byteCount: used)
            unsafe old.deallocate()
        }
        unsafe storage = fresh
        (capacity, start, end) = (wanted, 0, used)
    }
}
