package import Base
internal import CZlib

/// gzip of single messages (RFC 1952), as `grpc-encoding: gzip` means it. The only owner of zlib's
/// streams, which keep their tables (268 KB to compress, 44 KB to decompress) from the first use on
/// and are reset for each message; so one serves all calls of a loop. Confined to that loop.
@safe
package final class Gzip {
    /// zlib's own default is 6; at 1 market data shrinks nearly as far for a third of the time.
    private static let level: Int32 = 1
    /// The largest window, and a gzip header instead of zlib's.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    private var deflater: UnsafeMutablePointer<z_stream>?
    private var inflater: UnsafeMutablePointer<z_stream>?

    package init() {}

    deinit {
        if let deflater = unsafe deflater {
            unsafe deflateEnd(deflater)
            unsafe deflater.deallocate()
        }
        if let inflater = unsafe inflater {
            unsafe inflateEnd(inflater)
            unsafe inflater.deallocate()
        }
    }

    package func compress(_ message: RawSpan) -> [UInt8] {
        let stream = unsafe readyDeflater()
        let bound = unsafe Int(deflateBound(stream, UInt(message.byteCount)))
        return unsafe message.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                unsafe stream.pointee.next_in = Self.input(source)
                unsafe stream.pointee.avail_in = UInt32(source.count)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(target.count)
                let code = unsafe deflate(stream, Z_FINISH)
                precondition(code == Z_STREAM_END, "deflate ended with \(code) within its bound")
                count = unsafe target.count - Int(stream.pointee.avail_out)
            }
        }
    }

    /// Appends length-prefixed messages, each compressed if that makes it smaller. Allocates
    /// nothing but what `output` needs.
    package func compress(_ frames: RawSpan, into output: OutputBuffer) {
        var position = 0
        while position + MessageDeframer.prefixSize <= frames.byteCount {
            let size = Int(frames.bigEndian(position + 1, as: UInt32.self))
            let end = position + MessageDeframer.prefixSize + size
            let message = frames.extracting(position..<end)
            if !append(message, to: output) { output.append(message) }
            position = end
        }
    }

    /// Appends one message that has its prefix. False: it got no smaller, nothing was appended.
    private func append(_ framed: RawSpan, to output: OutputBuffer) -> Bool {
        let head = MessageDeframer.prefixSize
        let stream = unsafe readyDeflater()
        // Less room than the message itself takes: what does not fit was in vain.
        let room = unsafe output.reserve(framed.byteCount)
        return unsafe framed.withUnsafeBytes { source in
            unsafe stream.pointee.next_in = Self.input(
                UnsafeRawBufferPointer(rebasing: source[head...]))
            unsafe stream.pointee.avail_in = UInt32(source.count - head)
            unsafe stream.pointee.next_out = room.baseAddress.map {
                unsafe $0.assumingMemoryBound(to: UInt8.self) + head
            }
            unsafe stream.pointee.avail_out = UInt32(source.count - head)
            guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { return false }
            let size = unsafe source.count - head - Int(stream.pointee.avail_out)
            unsafe room[0] = 1
            unsafe room.storeBytes(of: UInt32(size).bigEndian, toByteOffset: 1, as: UInt32.self)
            output.advance(by: head + size)
            return true
        }
    }

    /// The message inside; never holds more than `limit` bytes of it, however much is promised.
    package func decompress(
        _ message: RawSpan, limit: Int
    ) throws(MessageDeframerError) -> [UInt8] {
        let stream = unsafe readyInflater()
        // One byte more than allowed tells "exactly at the limit" from "above it".
        var plain = [UInt8](repeating: 0, count: min(limit + 1, max(1024, message.byteCount * 4)))
        var used = 0
        while true {
            let code = unsafe message.withUnsafeBytes { source in
                let consumed = unsafe Int(stream.pointee.total_in)
                unsafe stream.pointee.next_in = Self.input(
                    UnsafeRawBufferPointer(rebasing: source[consumed...]))
                unsafe stream.pointee.avail_in = UInt32(source.count - consumed)
                return unsafe plain.withUnsafeMutableBufferPointer { target in
                    unsafe stream.pointee.next_out = target.baseAddress.map { unsafe $0 + used }
                    unsafe stream.pointee.avail_out = UInt32(target.count - used)
                    return unsafe inflate(stream, Z_NO_FLUSH)
                }
            }
            used = unsafe Int(stream.pointee.total_out)
            if used > limit { throw .tooLarge(bytes: used, limit: limit) }
            switch code {
            case Z_STREAM_END:
                guard unsafe stream.pointee.avail_in == 0 else { throw .damaged }
                plain.removeLast(plain.count - used)
                return plain
            case Z_OK where used == plain.count:
                let more = min(limit + 1, plain.count * 2) - plain.count
                plain.append(contentsOf: repeatElement(0, count: more))
            // Everything was read and the end has not come, or it is no gzip at all.
            default: throw .damaged
            }
        }
    }

    private static func input(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        // zlib reads through this pointer only; its C type lacks the `const`.
        unsafe UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    private func readyDeflater() -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe deflater {
            unsafe deflateReset(stream)
            return unsafe stream
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "no memory to compress: \(code)")
        unsafe deflater = unsafe stream
        return unsafe stream
    }

    private func readyInflater() -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe inflater {
            unsafe inflateReset(stream)
            return unsafe stream
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe inflateInit2_(
            stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "no memory to decompress: \(code)")
        unsafe inflater = unsafe stream
        return unsafe stream
    }
}
