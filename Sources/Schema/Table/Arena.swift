/// Memory for the C structs of one message while it is encoded or decoded: a bump allocator over a
/// piece of the stack, with heap chunks only for what does not fit. Freed all at once.
@safe struct Arena: ~Copyable {
    private var cursor: UnsafeMutableRawPointer
    private var limit: UnsafeMutableRawPointer
    private var chunks: [UnsafeMutableRawPointer] = unsafe []

    private init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe cursor = memory.baseAddress.unsafelyUnwrapped
        unsafe limit = cursor + memory.count
    }

    deinit {
        for index in unsafe chunks.indices { unsafe chunks[index].deallocate() }
    }

    /// Memory for `size` bytes, aligned to 16, not initialised.
    @inline(__always)
    mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let rounded = (size &+ 15) & ~15
        if unsafe limit - cursor < rounded { addChunk(rounded) }
        defer { unsafe cursor += rounded }
        return unsafe cursor
    }

    @inline(never)
    private mutating func addChunk(_ size: Int) {
        let bytes = max(size, 16384)
        unsafe cursor = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        unsafe limit = cursor + bytes
        unsafe chunks.append(cursor)
    }

    /// Calls `body` with an empty message of the given type in fresh memory, gone afterwards.
    @inline(__always)
    static func withRecord<Result>(
        of table: MessageTable, _ body: (Record) -> Result
    ) -> Result {
        unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { memory in
            var arena = unsafe Arena(memory)
            return unsafe withUnsafeMutablePointer(to: &arena) { arena in
                unsafe body(Record(empty: table.layout, in: arena))
            }
        }
    }
}
