internal import CProtobufC

/// MessagePack from the table: a message is a map keyed by field number, absent fields are
/// omitted, integers take the fewest bytes, decimals are strings, columns a list of rows.
enum MessagePackEncoder {
    /// Room for a key and any scalar or decimal, with the slack of `Writer.put`.
    private static let scalarRoom = 64

    static func append(
        _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>,
        _ writer: inout Writer
    ) {
        if unsafe layout.pointee.isColumns {
            return unsafe appendRows(memory, layout, &writer)
        }
        let start = writer.position
        writer.skip(1)
        var count = 0
        var entry = unsafe UnsafePointer(layout.pointee.fields)
        let end = unsafe entry + layout.pointee.fieldCount
        while unsafe entry != end {
            let field = unsafe entry.pointee.layout
            if unsafe !entry.pointee.isExponent && field.isPresent(in: memory) {
                count &+= 1
                writer.ensure(scalarRoom)
                unsafe writer.put(entry.pointee.key, entry.pointee.keyLength)
                if field.presence == .repeated {
                    unsafe appendList(entry, memory, &writer)
                } else {
                    unsafe appendValue(entry, memory + Int(field.offset), memory, &writer)
                }
            }
            unsafe entry += 1
        }
        if count < 16 {
            writer.patch(0x80 | UInt8(count), at: start)
        } else {
            writer.move(from: start + 1, to: start + 3)
            writer.patch(0xde, at: start)
            writer.patch(UInt8(truncatingIfNeeded: count >> 8), at: start + 1)
            writer.patch(UInt8(truncatingIfNeeded: count), at: start + 2)
        }
    }

    @inline(__always)
    private static func appendValue(
        _ entry: UnsafePointer<FieldEntry>, _ value: UnsafeRawPointer,
        _ memory: UnsafeRawPointer, _ writer: inout Writer
    ) {
        switch unsafe entry.pointee.layout.kind {
        case .int64 where unsafe entry.pointee.isDecimal:
            let exponent = unsafe entry.pointee.exponent.exponent(in: memory)
            unsafe appendDecimal(value.load(as: Int64.self), exponent, &writer)
        case .uint64, .fixed64: unsafe appendUnsigned(value.load(as: UInt64.self), &writer)
        case .int64, .sint64, .sfixed64:
            unsafe appendSigned(value.load(as: Int64.self), &writer)
        case .uint32, .fixed32:
            unsafe appendUnsigned(UInt64(value.load(as: UInt32.self)), &writer)
        case .int32, .sint32, .sfixed32, .enumeration:
            unsafe appendSigned(Int64(value.load(as: Int32.self)), &writer)
        case .bool: unsafe writer.put(value.load(as: Int32.self) != 0 ? 0xc3 : 0xc2)
        case .text:
            let text = unsafe value.load(as: UnsafePointer<CChar>.self)
            let count = unsafe ProtobufEncoder.length(text)
            appendTextHeader(count, &writer)
            unsafe writer.append(text, count)
        case .bytes:
            let count = unsafe value.load(as: Int.self)
            appendBytesHeader(count, &writer)
            if let base = unsafe value.load(fromByteOffset: 8, as: UnsafeRawPointer?.self) {
                unsafe writer.append(base, count)
            }
        case .message:
            guard let nested = unsafe entry.pointee.nested else { return }
            unsafe append(value.load(as: UnsafeRawPointer.self), nested, &writer)
        }
    }

    private static func appendList(
        _ entry: UnsafePointer<FieldEntry>, _ memory: UnsafeRawPointer, _ writer: inout Writer
    ) {
        let field = unsafe entry.pointee.layout
        let (count, elements) = unsafe field.elements(in: memory)
        appendArrayHeader(count, &writer)
        for index in 0..<count {
            writer.ensure(scalarRoom)
            unsafe appendValue(entry, elements + index * field.kind.width, memory, &writer)
        }
    }

    private static func appendRows(
        _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>,
        _ writer: inout Writer
    ) {
        let (rows, columns) = unsafe layout.pointee.rowsAndColumns(in: memory)
        writer.ensure(scalarRoom)
        appendArrayHeader(rows, &writer)
        let end = unsafe layout.pointee.fields + layout.pointee.fieldCount
        for row in 0..<rows {
            writer.ensure(scalarRoom)
            appendArrayHeader(columns, &writer)
            var entry = unsafe UnsafePointer(layout.pointee.fields)
            while unsafe entry != end {
                let field = unsafe entry.pointee.layout
                if field.presence == .repeated {
                    writer.ensure(scalarRoom)
                    let elements = unsafe field.elements(in: memory).1
                    unsafe appendValue(entry, elements + row * field.kind.width, memory, &writer)
                }
                unsafe entry += 1
            }
        }
    }
}

extension MessagePackEncoder {
    @inline(__always)
    private static func appendDecimal(
        _ mantissa: Int64, _ exponent: Int32, _ writer: inout Writer
    ) {
        let start = writer.position
        writer.skip(1)
        writer.putDecimal(mantissa, exponent)
        let length = writer.position &- start &- 1
        if length < 32 {
            writer.patch(0xa0 | UInt8(truncatingIfNeeded: length), at: start)
        } else {
            writer.move(from: start + 1, to: start + 2)
            writer.patch(0xd9, at: start)
            writer.patch(UInt8(truncatingIfNeeded: length), at: start + 1)
        }
    }

    @inline(__always)
    private static func appendUnsigned(_ number: UInt64, _ writer: inout Writer) {
        if number < 128 {
            writer.put(UInt8(truncatingIfNeeded: number))
        } else if number < 1 << 8 {
            writer.put(0xcc)
            writer.put(UInt8(truncatingIfNeeded: number))
        } else if number < 1 << 16 {
            writer.put(0xcd)
            writer.putBigEndian(UInt16(truncatingIfNeeded: number))
        } else if number < 1 << 32 {
            writer.put(0xce)
            writer.putBigEndian(UInt32(truncatingIfNeeded: number))
        } else {
            writer.put(0xcf)
            writer.putBigEndian(number)
        }
    }

    @inline(__always)
    private static func appendSigned(_ number: Int64, _ writer: inout Writer) {
        if number >= 0 { return appendUnsigned(UInt64(number), &writer) }
        if number >= -32 {
            writer.put(UInt8(truncatingIfNeeded: number))
        } else if number >= Int64(Int8.min) {
            writer.put(0xd0)
            writer.put(UInt8(truncatingIfNeeded: number))
        } else if number >= Int64(Int16.min) {
            writer.put(0xd1)
            writer.putBigEndian(Int16(truncatingIfNeeded: number))
        } else if number >= Int64(Int32.min) {
            writer.put(0xd2)
            writer.putBigEndian(Int32(truncatingIfNeeded: number))
        } else {
            writer.put(0xd3)
            writer.putBigEndian(number)
        }
    }

    private static func appendTextHeader(_ count: Int, _ writer: inout Writer) {
        if count < 32 { return writer.put(0xa0 | UInt8(count)) }
        appendLength(count, short: 0xd9, &writer)
    }

    private static func appendBytesHeader(_ count: Int, _ writer: inout Writer) {
        appendLength(count, short: 0xc4, &writer)
    }

    /// A length of 1, 2 or 4 bytes behind the type byte that goes with it.
    private static func appendLength(_ count: Int, short: UInt8, _ writer: inout Writer) {
        if count < 1 << 8 {
            writer.put(short)
            writer.put(UInt8(count))
        } else if count < 1 << 16 {
            writer.put(short + 1)
            writer.putBigEndian(UInt16(count))
        } else {
            writer.put(short + 2)
            writer.putBigEndian(UInt32(count))
        }
    }

    @inline(__always)
    private static func appendArrayHeader(_ count: Int, _ writer: inout Writer) {
        if count < 16 { return writer.put(0x90 | UInt8(truncatingIfNeeded: count)) }
        if count < 1 << 16 {
            writer.put(0xdc)
            writer.putBigEndian(UInt16(count))
        } else {
            writer.put(0xdd)
            writer.putBigEndian(UInt32(count))
        }
    }
}
