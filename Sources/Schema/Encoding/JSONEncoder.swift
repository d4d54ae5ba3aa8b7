internal import CProtobufC

/// Protobuf's JSON mapping from the table (lowerCamelCase names, 64-bit integers as strings, enum
/// names, bytes in base64), except that decimals are strings and columns lists of rows.
enum JSONEncoder {
    /// Room for a comma and any scalar or decimal in quotes.
    private static let scalarRoom = 64

    static func append(
        _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>,
        _ writer: inout Writer
    ) {
        if unsafe layout.pointee.isColumns {
            return unsafe appendRows(memory, layout, &writer)
        }
        writer.ensure(scalarRoom)
        writer.put(0x7b)
        var isFirst = true
        var entry = unsafe UnsafePointer(layout.pointee.fields)
        let end = unsafe entry + layout.pointee.fieldCount
        while unsafe entry != end {
            let field = unsafe entry.pointee.layout
            if unsafe !entry.pointee.isExponent && field.isPresent(in: memory) {
                writer.ensure(scalarRoom)
                if !isFirst { writer.put(0x2c) }
                isFirst = false
                unsafe writer.append(entry.pointee.name, entry.pointee.nameLength)
                writer.ensure(scalarRoom)
                if field.presence == .repeated {
                    unsafe appendList(entry, memory, &writer)
                } else {
                    unsafe appendValue(entry, memory + Int(field.offset), memory, &writer)
                }
            }
            unsafe entry += 1
        }
        writer.ensure(scalarRoom)
        writer.put(0x7d)
    }

    private static func appendValue(
        _ entry: UnsafePointer<FieldEntry>, _ value: UnsafeRawPointer,
        _ memory: UnsafeRawPointer, _ writer: inout Writer
    ) {
        switch unsafe entry.pointee.layout.kind {
        case .int64 where unsafe entry.pointee.isDecimal:
            writer.put(0x22)
            let exponent = unsafe entry.pointee.exponent.exponent(in: memory)
            unsafe writer.putDecimal(value.load(as: Int64.self), exponent)
            writer.put(0x22)
        case .uint64, .fixed64:
            writer.put(0x22)
            unsafe writer.putUnsigned(value.load(as: UInt64.self))
            writer.put(0x22)
        case .int64, .sint64, .sfixed64:
            writer.put(0x22)
            unsafe writer.putInteger(value.load(as: Int64.self))
            writer.put(0x22)
        case .uint32, .fixed32: unsafe writer.putUnsigned(UInt64(value.load(as: UInt32.self)))
        case .int32, .sint32, .sfixed32:
            unsafe writer.putInteger(Int64(value.load(as: Int32.self)))
        case .enumeration: unsafe appendName(entry, value.load(as: Int32.self), &writer)
        case .bool: unsafe appendWord(value.load(as: Int32.self) != 0 ? "true" : "false", &writer)
        case .text: unsafe appendText(value.load(as: UnsafePointer<CChar>.self), &writer)
        case .bytes:
            let base = unsafe value.load(fromByteOffset: 8, as: UnsafeRawPointer?.self)
            unsafe appendBase64(
                UnsafeRawBufferPointer(start: base, count: value.load(as: Int.self)), &writer)
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
        writer.put(0x5b)
        for index in 0..<count {
            writer.ensure(scalarRoom)
            if index > 0 { writer.put(0x2c) }
            unsafe appendValue(entry, elements + index * field.kind.width, memory, &writer)
        }
        writer.ensure(scalarRoom)
        writer.put(0x5d)
    }

    private static func appendRows(
        _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>,
        _ writer: inout Writer
    ) {
        let rows = unsafe layout.pointee.rowsAndColumns(in: memory).rows
        writer.ensure(scalarRoom)
        writer.put(0x5b)
        for row in 0..<rows {
            writer.ensure(scalarRoom)
            if row > 0 { writer.put(0x2c) }
            writer.put(0x5b)
            var isFirst = true
            for index in unsafe 0..<layout.pointee.fieldCount {
                let entry = unsafe UnsafePointer(layout.pointee.fields + index)
                let field = unsafe entry.pointee.layout
                guard field.presence == .repeated else { continue }
                writer.ensure(scalarRoom)
                if !isFirst { writer.put(0x2c) }
                isFirst = false
                let elements = unsafe field.elements(in: memory).1
                unsafe appendValue(entry, elements + row * field.kind.width, memory, &writer)
            }
            writer.ensure(scalarRoom)
            writer.put(0x5d)
        }
        writer.ensure(scalarRoom)
        writer.put(0x5d)
    }
}

extension JSONEncoder {
    private static func appendWord(_ word: StaticString, _ writer: inout Writer) {
        unsafe writer.append(word.utf8Start, word.utf8CodeUnitCount)
    }

    /// The name of an enum's value, or the number of one that is not known.
    private static func appendName(
        _ entry: UnsafePointer<FieldEntry>, _ number: Int32, _ writer: inout Writer
    ) {
        guard let values = unsafe entry.pointee.values,
            let value = unsafe protobuf_c_enum_descriptor_get_value(values, number),
            let name = unsafe value.pointee.name
        else { return writer.putInteger(Int64(number)) }
        writer.put(0x22)
        unsafe writer.append(name, ProtobufEncoder.length(name))
        writer.put(0x22)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func appendText(_ text: UnsafePointer<CChar>, _ writer: inout Writer) {
        writer.put(0x22)
        var place = unsafe text
        while unsafe place.pointee != 0 {
            let byte = unsafe UInt8(bitPattern: place.pointee)
            unsafe place += 1
            writer.ensure(16)
            switch byte {
            case 0x22, 0x5c:
                writer.put(0x5c)
                writer.put(byte)
            case 0x08: appendWord("\\b", &writer)
            case 0x09: appendWord("\\t", &writer)
            case 0x0a: appendWord("\\n", &writer)
            case 0x0c: appendWord("\\f", &writer)
            case 0x0d: appendWord("\\r", &writer)
            case 0..<0x20, 0x7f:
                appendWord("\\u00", &writer)
                writer.put(hexDigits[Int(byte >> 4)])
                writer.put(hexDigits[Int(byte & 15)])
            default: writer.put(byte)
            }
        }
        writer.ensure(scalarRoom)
        writer.put(0x22)
    }

    private static let base64Digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// RFC 4648 §4, with padding.
    private static func appendBase64(_ bytes: UnsafeRawBufferPointer, _ writer: inout Writer) {
        writer.ensure(bytes.count * 4 / 3 + scalarRoom)
        writer.put(0x22)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            var group = unsafe UInt32(bytes[index]) << 16
            if left > 1 { unsafe group |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { unsafe group |= UInt32(bytes[index + 2]) }
            writer.put(base64Digits[Int(group >> 18)])
            writer.put(base64Digits[Int(group >> 12 & 63)])
            writer.put(left > 1 ? base64Digits[Int(group >> 6 & 63)] : 0x3d)
            writer.put(left > 2 ? base64Digits[Int(group & 63)] : 0x3d)
            index += 3
        }
        writer.put(0x22)
    }
}
