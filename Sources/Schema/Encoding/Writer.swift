internal import Base

/// Appends to an `OutputBuffer` through one cursor, checking for room once per field instead of
/// once per byte. Nothing counts as appended before `finish()`.
@safe struct Writer: ~Copyable {
    private let output: OutputBuffer
    /// Where this writer's first byte is; moves when the buffer grows.
    private(set) var base: UnsafeMutableRawPointer
    var position = 0
    private var capacity: Int
    private var committed = 0

    init(_ output: OutputBuffer) {
        self.output = output
        let room = unsafe output.reserve(256)
        unsafe base = room.baseAddress.unsafelyUnwrapped
        capacity = room.count
    }

    /// Makes room for `size` bytes; whoever writes without asking relies on an earlier call.
    @inline(__always)
    mutating func ensure(_ size: Int) {
        if capacity &- position < size { grow(size) }
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        output.advance(by: position - committed)
        committed = position
        let room = unsafe output.reserve(size)
        unsafe base = room.baseAddress.unsafelyUnwrapped - position
        capacity = position + room.count
    }

    mutating func finish() {
        output.advance(by: position - committed)
        committed = position
    }

    @inline(__always)
    mutating func skip(_ size: Int) {
        ensure(size)
        position &+= size
    }

    /// Appends the lowest `length` bytes of `bytes`, lowest first; may write up to 8 into the room.
    @inline(__always)
    mutating func put(_ bytes: UInt64, _ length: UInt8) {
        unsafe (base + position).storeBytes(of: bytes.littleEndian, as: UInt64.self)
        position &+= Int(length)
    }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        unsafe (base + position).storeBytes(of: byte, as: UInt8.self)
        position &+= 1
    }

    @inline(__always)
    mutating func putBigEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        unsafe (base + position).storeBytes(of: number.bigEndian, as: Number.self)
        position &+= MemoryLayout<Number>.size
    }

    @inline(__always)
    mutating func putLittleEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        unsafe (base + position).storeBytes(of: number.littleEndian, as: Number.self)
        position &+= MemoryLayout<Number>.size
    }

    /// At most 10 bytes; may write up to 8 into the room.
    @inline(__always)
    mutating func putVarint(_ value: UInt64) {
        if value < 0x80 { return put(UInt8(truncatingIfNeeded: value)) }
        if value >= 1 << 56 { return putVarintByBytes(value) }
        // Seven bits to each byte, by halves, quarters and eighths of the word.
        var spread = value & 0x0fff_ffff | (value & 0x00ff_ffff_f000_0000) << 4
        spread = spread & 0x0000_3fff_0000_3fff | (spread & 0x0fff_c000_0fff_c000) << 2
        spread = spread & 0x007f_007f_007f_007f | (spread & 0x3f80_3f80_3f80_3f80) << 1
        let size = Writer.varintSize(value)
        let below: UInt64 = (1 << (UInt64(size &- 1) &* 8)) &- 1
        let followed: UInt64 = 0x8080_8080_8080_8080 & below
        put(spread | followed, UInt8(truncatingIfNeeded: size))
    }

    /// At most 10 bytes, and not one more is touched.
    @inline(__always)
    mutating func putVarintByBytes(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    /// Copies bytes, making room itself and leaving some behind them.
    @inline(__always)
    mutating func append(_ source: UnsafeRawPointer, _ count: Int) {
        ensure(count &+ 32)
        unsafe (base + position).copyMemory(from: source, byteCount: count)
        position &+= count
    }

    /// Writes the length of everything behind `start` as a varint in front of it. `guess` bytes
    /// were skipped for it there; a wrong guess moves the content.
    @inline(__always)
    mutating func patchVarint(at start: Int, guess: Int) {
        let length = position &- start &- guess
        let size = Writer.varintSize(UInt64(length))
        if size != guess { move(from: start &+ guess, to: start &+ size) }
        let end = position
        position = start
        putVarintByBytes(UInt64(length))
        position = end
    }

    /// Moves everything from `source` to the end.
    @inline(never)
    mutating func move(from source: Int, to target: Int) {
        let count = position - source
        if target > source { ensure(target - source) }
        unsafe (base + target).copyMemory(from: base + source, byteCount: count)
        position = target + count
    }

    @inline(__always)
    mutating func patch(_ byte: UInt8, at place: Int) {
        unsafe (base + place).storeBytes(of: byte, as: UInt8.self)
    }

    /// Writes gRPC's prefix over the first five bytes.
    mutating func patchPrefix() {
        unsafe base.storeBytes(of: 0, as: UInt8.self)
        unsafe (base + 1).storeBytes(of: UInt32(position - 5).bigEndian, as: UInt32.self)
    }

    @inline(__always)
    static func varintSize(_ value: UInt64) -> Int {
        (70 &- (value | 1).leadingZeroBitCount) / 7
    }
}
