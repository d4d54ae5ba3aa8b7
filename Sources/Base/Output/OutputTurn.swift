/// What the outputs of one loop share in a turn: who has something to send, the frames that
/// several owe, and the memory in which a send is put together.
///
/// Whoever owes a frame is on the list, and whoever is on the list owes nothing any more when
/// `flush` lets the frames go.
@safe
package final class OutputTurn {
    /// Retained.
    private var listed: [Unmanaged<OutputBuffer>] = unsafe []
    private var chunks: [UnsafeMutableRawPointer] = unsafe []
    /// Bytes used of the last chunk.
    private var used = OutputTurn.chunkBytes
    private var gathering: UnsafeMutableRawPointer?
    private var gatheringBytes = 0
    /// What a protocol's connections share, made by the first of them.
    fileprivate var shared: AnyObject?

    /// Four of the largest payloads.
    private static let chunkBytes = 4 * DataFrame.payloadMax

    package init() {}

    deinit {
        unsafe chunks.forEach { unsafe $0.deallocate() }
        unsafe gathering?.deallocate()
        unsafe listed.forEach { unsafe $0.release() }
    }

    package var isEmpty: Bool { unsafe listed.isEmpty }

    @inline(__always)
    package func list(_ output: OutputBuffer) {
        if output.isListed { return }
        output.isListed = true
        unsafe listed.append(Unmanaged.passRetained(output))
    }

    /// Has everybody on the list flushed by its flusher. `send` must append to no output.
    package func flush(_ send: (AnyObject) -> Void) {
        let count = unsafe listed.count
        if count == 0 { return }
        for index in 0..<count {
            let entry = unsafe listed[index]
            unsafe entry._withUnsafeGuaranteedRef { output in
                output.isListed = false
                if let flusher = unsafe output.flusher {
                    send(unsafe flusher.takeUnretainedValue())
                }
                output.settle()
            }
            unsafe entry.release()
        }
        precondition(unsafe listed.count == count, "an output was filled while the turn was sent")
        unsafe listed.removeAll(keepingCapacity: true)
        forgetFrames()
    }

    /// A copy that lives until the end of `flush`.
    func keep(_ payload: UnsafeRawPointer, size: Int) -> UnsafeRawPointer {
        if used + size > Self.chunkBytes {
            unsafe chunks.append(.allocate(byteCount: Self.chunkBytes, alignment: 64))
            used = 0
        }
        let copy = unsafe chunks[chunks.count - 1] + used
        unsafe copy.copyMemory(from: payload, byteCount: size)
        used += size
        return UnsafeRawPointer(copy)
    }

    /// Memory for `size` bytes, which the next call uses again.
    func scratch(_ size: Int) -> UnsafeMutableRawPointer {
        if size > gatheringBytes {
            unsafe gathering?.deallocate()
            gatheringBytes = max(2 * size, 16_384)
            unsafe gathering = .allocate(byteCount: gatheringBytes, alignment: 64)
        }
        return unsafe gathering.unsafelyUnwrapped
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
