internal import CLinux

/// Hands the sends of a turn to the kernel together, through io_uring, instead of one call each.
///
/// Nothing else about sending changes, and that is the design. A turn ends with one send for each
/// stream that has output; there, and only there, the loop may queue those of cleartext streams
/// here, submit them in one call, and read the answers in the order in which they were queued.
/// Each answer is what `send` would have given: all, a part, would block, or why not. So what
/// follows from it, `ByteStream.conclude`, is the same code, and nobody above can tell.
///
/// - *Nothing lives longer than the call.* The kernel does not wait for a socket (MSG_DONTWAIT): a
///   send is done or refused within `submit`, which returns only when it has the answer to each.
///   No buffer, socket or stream has to be kept alive for a completion that comes later.
/// - *Order.* A stream has one send a turn, and the kernel takes the queue from the front.
/// - *A ring that fails* costs nothing but time: what it does not take is sent one by one.
/// - *TLS* writes to its sockets itself, and receiving stays with epoll: there is nothing to
///   gather there, a stream is read when it has something.
///
/// Tried without a measurable gain, and left out: rings with one issuer and deferred task work,
/// registered sockets, completions of failures only, one entry for each stream of the largest turn.
///
/// Confined to one loop.
@safe
package final class SendRing {
    /// Sends in one call; a longer turn takes several.
    let countMax: Int
    /// Fewer sends than this go as calls of their own.
    let worthwhile: Int

    private let ring: OpaquePointer
    private var queued: UInt32 = 0
    private var concluded: UInt32 = 0

    /// Opens a ring and sends a byte through it to nobody. Throws if the kernel is too old or does
    /// not let us, as in most containers.
    ///
    /// By default 512 sends in a call (twice as many bring nothing more), and eight at least (below
    /// four a ring is dearer than calls, at eight it is cheaper).
    package init(countMax: Int = 512, worthwhile: Int = 8) throws(SystemError) {
        (self.countMax, self.worthwhile) = (countMax, worthwhile)
        var opened: OpaquePointer?
        let code = unsafe clinux_ring_open(UInt32(countMax), &opened)
        _ = try SystemError.check(code, "use io_uring")
        guard let opened = unsafe opened else { preconditionFailure("a ring without a pointer") }
        unsafe ring = opened
    }

    deinit { unsafe clinux_ring_close(ring) }

    /// The ring's own, not a socket's.
    var descriptor: Int32 { unsafe clinux_ring_descriptor(ring) }

    /// The bytes stay where they are until `submit`.
    func queue(_ bytes: UnsafeRawBufferPointer, to socket: Int32) {
        precondition(queued < countMax && concluded == 0, "the ring is full or not read")
        unsafe clinux_ring_queue(ring, socket, bytes.baseAddress, bytes.count)
        queued += 1
    }

    /// Has the kernel do what is queued. False if nothing was.
    func submit() -> Bool {
        if queued == 0 { return false }
        unsafe clinux_ring_submit(ring)
        return true
    }

    /// The answer to what was queued first, then second and so on, each once: how many bytes left,
    /// or a negated errno.
    func conclude() -> Int {
        precondition(concluded < queued, "there are no more answers")
        let answer = unsafe clinux_ring_result(ring, concluded)
        concluded += 1
        if concluded == queued { (queued, concluded) = (0, 0) }
        return answer
    }
}
