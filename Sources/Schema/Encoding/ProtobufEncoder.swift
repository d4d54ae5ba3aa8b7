internal import CProtobufC

/// Protobuf from the table: fields ascending, lengths patched in after their content.
enum ProtobufEncoder {
    /// Room for a tag and any scalar, with the slack of `Writer.put`.
    private static let scalarRoom = 32

    static func append(
        _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>,
        _ writer: inout Writer
    ) {
        var entry = unsafe UnsafePointer(layout.pointee.fields)
        let end = unsafe entry + layout.pointee.fieldCount
        while unsafe entry != end {
            let field = unsafe entry.pointee.layout
            if unsafe field.isPresent(in: memory) {
                writer.ensure(scalarRoom)
                if field.presence == .repeated {
                    unsafe appendList(entry, memory, &writer)
                } else {
                    unsafe writer.put(entry.pointee.tag, entry.pointee.tagLength)
                    unsafe appendValue(entry, memory + Int(field.offset), &writer)
                }
            }
            unsafe entry += 1
        }
    }

    @inline(__always)
    private static func appendValue(
        _ entry: UnsafePointer<FieldEntry>, _ value: UnsafeRawPointer, _ writer: inout Writer
    ) {
        switch unsafe entry.pointee.layout.kind {
        case .text:
            let text = unsafe value.load(as: UnsafePointer<CChar>.self)
            let count = unsafe length(text)
            writer.putVarint(UInt64(count))
            unsafe writer.append(text, count)
        case .bytes:
            let count = unsafe value.load(as: Int.self)
            writer.putVarint(UInt64(count))
            if let base = unsafe value.load(fromByteOffset: 8, as: UnsafeRawPointer?.self) {
                unsafe writer.append(base, count)
            }
        case .message:
            guard let nested = unsafe entry.pointee.nested else { return }
            let start = writer.position
            writer.skip(1)
            unsafe append(value.load(as: UnsafeRawPointer.self), nested, &writer)
            writer.patchVarint(at: start, guess: 1)
        default: unsafe appendScalar(entry.pointee.layout.kind, value, &writer)
        }
    }

    @inline(__always)
    private static func appendScalar(
        _ kind: FieldKind, _ value: UnsafeRawPointer, _ writer: inout Writer
    ) {
        switch kind {
        case .int64, .uint64: unsafe writer.putVarint(value.load(as: UInt64.self))
        case .fixed64, .sfixed64: unsafe writer.putLittleEndian(value.load(as: UInt64.self))
        case .uint32: unsafe writer.putVarint(UInt64(value.load(as: UInt32.self)))
        case .int32, .enumeration:
            // Negative numbers are extended to 64 bits, hence ten bytes.
            let number = unsafe Int64(value.load(as: Int32.self))
            writer.putVarint(UInt64(bitPattern: number))
        case .sint32:
            let number = unsafe value.load(as: Int32.self)
            writer.putVarint(UInt64(UInt32(bitPattern: number << 1 ^ number >> 31)))
        case .sint64:
            let number = unsafe value.load(as: Int64.self)
            writer.putVarint(UInt64(bitPattern: number << 1 ^ number >> 63))
        case .fixed32, .sfixed32: unsafe writer.putLittleEndian(value.load(as: UInt32.self))
        case .bool: unsafe writer.put(value.load(as: Int32.self) != 0 ? 1 : 0)
        case .text, .bytes, .message: preconditionFailure("not a scalar")
        }
    }

    private static func appendList(
        _ entry: UnsafePointer<FieldEntry>, _ memory: UnsafeRawPointer, _ writer: inout Writer
    ) {
        let field = unsafe entry.pointee.layout
        let count = unsafe memory.load(fromByteOffset: Int(field.quantifier), as: Int.self)
        var element = unsafe memory.load(
            fromByteOffset: Int(field.offset), as: UnsafeRawPointer.self)
        let width = field.kind.width
        guard unsafe entry.pointee.isPacked else {
            for _ in 0..<count {
                writer.ensure(scalarRoom)
                unsafe writer.put(entry.pointee.tag, entry.pointee.tagLength)
                unsafe appendValue(entry, element, &writer)
                unsafe element += width
            }
            return
        }
        unsafe writer.put(entry.pointee.tag, entry.pointee.tagLength)
        let start = writer.position
        // Columns are long: two bytes of length are right for 128 to 16,383 bytes.
        let guess = count > 24 ? 2 : 1
        writer.ensure(count &* 10 &+ scalarRoom)
        writer.skip(guess)
        if field.kind == .int64 {
            for _ in 0..<count {
                unsafe writer.putVarint(element.load(as: UInt64.self))
                unsafe element += 8
            }
        } else {
            for _ in 0..<count {
                unsafe appendScalar(field.kind, element, &writer)
                unsafe element += width
            }
        }
        writer.patchVarint(at: start, guess: guess)
    }

    @inline(__always)
    static func length(_ text: UnsafePointer<CChar>) -> Int {
        var end = unsafe text
        while unsafe end.pointee != 0 { unsafe end += 1 }
        return unsafe end - text
    }
}
