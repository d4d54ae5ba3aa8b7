/// What the outputs of one loop share in a turn: who has something to send, the frames that
/// several owe, and the memory in which a send is put together.
///
/// Whoever owes a frame is on the list, and whoever is on the list owes nothing any more when
/// `flush` lets the frames go.
@safe
package final class OutputTurn {
    /// Who is on the list, each retained, in memory for `capacity` of them. Not an array: adding to
    /// one is an access that is checked at run time, for every send.
    private var listed: UnsafeMutablePointer<Unmanaged<OutputBuffer>>
    private var capacity = 64
    private var listedCount = 0
    private var chunks: [UnsafeMutableRawPointer] = unsafe []
    /// Bytes used of the last chunk.
    private var used = 0
    private var gathering: UnsafeMutableRawPointer?
    private var gatheringBytes = 0
    /// Bytes of it that are in use; nil: nobody needs them beyond the next call.
    private var gathered: Int?
    /// What a protocol's connections share, made by the first of them.
    fileprivate var shared: AnyObject?

    /// Four of the largest payloads.
    private static let chunkBytes = 4 * DataFrame.payloadMax

    package init() { unsafe listed = .allocate(capacity: capacity) }

    deinit {
        unsafe chunks.forEach { unsafe $0.deallocate() }
        unsafe gathering?.deallocate()
        for index in 0..<listedCount { unsafe listed[index].release() }
        unsafe listed.deallocate()
    }

    package var isEmpty: Bool { listedCount == 0 }
    package var count: Int { listedCount }

    @inline(__always)
    package func list(_ output: OutputBuffer) {
        if output.isListed { return }
        output.isListed = true
        if listedCount == capacity { growList() }
        unsafe (listed + listedCount).initialize(to: Unmanaged.passRetained(output))
        listedCount &+= 1
    }

    @inline(never)
    private func growList() {
        let larger = UnsafeMutablePointer<Unmanaged<OutputBuffer>>.allocate(
            capacity: 2 * capacity)
        unsafe larger.moveInitialize(from: listed, count: listedCount)
        unsafe listed.deallocate()
        unsafe listed = larger
        capacity *= 2
    }

    /// Has everybody on the list flushed by its flusher. `send` must append to no output.
    package func flush(_ send: (AnyObject) -> Void) {
        let count = listedCount
        if count == 0 { return }
        for index in 0..<count {
            ask(index, send)
            settle(index)
        }
        end(after: count)
    }

    /// The same with many sends at a time: `queue` only says which bytes are to be sent, `submit`
    /// sends them, and `conclude` hears of it, in the order of `queue`, for at most `countMax`
    /// flushers. What `withBytes` gives in `queue` stays where it is until then.
    package func flush(
        atOnce countMax: Int, queue: (AnyObject) -> Void, submit: () -> Void,
        conclude: (AnyObject) -> Void
    ) {
        let count = listedCount
        if count == 0 { return }
        makeRoom(Self.gatheredEnough + FrameDebt.bytesMax)
        var first = 0
        while first < count {
            var next = first
            gathered = 0
            while next < min(count, first + countMax), gathered ?? 0 < Self.gatheredEnough {
                ask(next, queue)
                next += 1
            }
            submit()
            gathered = nil
            for index in first..<next {
                ask(index, conclude)
                settle(index)
            }
            first = next
        }
        end(after: count)
    }

    /// Some hundred small frames; more would push each other out of the cache.
    private static let gatheredEnough = 131_072

    @inline(__always)
    private func ask(_ index: Int, _ body: (AnyObject) -> Void) {
        unsafe listed[index]._withUnsafeGuaranteedRef { output in
            unsafe output.flusher?._withUnsafeGuaranteedRef { body($0) }
        }
    }

    @inline(__always)
    private func settle(_ index: Int) {
        let entry = unsafe listed[index]
        unsafe entry._withUnsafeGuaranteedRef { output in
            output.isListed = false
            output.settle()
        }
        unsafe entry.release()
    }

    private func end(after count: Int) {
        precondition(listedCount == count, "an output was filled while the turn was sent")
        listedCount = 0
        forgetFrames()
    }

    /// A copy that lives until the end of `flush`.
    func keep(_ payload: UnsafeRawPointer, size: Int) -> UnsafeRawPointer {
        if unsafe chunks.isEmpty || used + size > Self.chunkBytes {
            unsafe chunks.append(.allocate(byteCount: Self.chunkBytes, alignment: 64))
            used = 0
        }
        let copy = unsafe chunks[chunks.count - 1] + used
        unsafe copy.copyMemory(from: payload, byteCount: size)
        used += size
        return UnsafeRawPointer(copy)
    }

    /// Memory for `size` bytes, which the next call uses again, unless much is sent at once.
    func scratch(_ size: Int) -> UnsafeMutableRawPointer {
        let start = gathered ?? 0
        if start + size > gatheringBytes {
            precondition(start == 0, "more was gathered than there is room for")
            makeRoom(max(2 * size, 16_384))
        }
        if gathered != nil { gathered = start + size }
        return unsafe gathering.unsafelyUnwrapped + start
    }

    private func makeRoom(_ size: Int) {
        if size <= gatheringBytes { return }
        unsafe gathering?.deallocate()
        unsafe gathering = .allocate(byteCount: size, alignment: 64)
        gatheringBytes = size
    }

    /// One chunk stays for the next turn.
    private func forgetFrames() {
        if unsafe chunks.isEmpty { return }
        while unsafe chunks.count > 1 { unsafe chunks.removeLast().deallocate() }
        used = 0
    }
}

extension OutputBuffer {
    /// What the connections of the output's loop share; with no turn to keep it, one's own.
    package func shared<Shared: AnyObject>(_ make: () -> Shared) -> Shared {
        guard let turn = unsafe turn else { return make() }
        return unsafe turn._withUnsafeGuaranteedRef { turn in
            if let shared = turn.shared as? Shared { return shared }
            let shared = make()
            turn.shared = shared
            return shared
        }
    }
}
