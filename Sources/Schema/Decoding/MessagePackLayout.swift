internal import CMsgpack
internal import CProtobufC

/// Lays one unpacked MessagePack value out as the C struct of one message.
@safe struct MessagePackLayout {
    private let record: Record
    /// Decimals met so far: where their mantissas go, by the number of their exponent.
    private var decimals: [UInt32: [PlacedDecimal]] = [:]

    /// A decimal and where its mantissa goes, at an exponent that is not known yet.
    @safe private struct PlacedDecimal {
        let place: UnsafeMutableRawPointer
        let value: DecimalText
    }

    private init(_ record: Record) { self.record = record }

    /// Reads a map keyed by field number, or a list of rows for a table of columns.
    static func fill(_ record: Record, from object: msgpack_object) throws(SchemaError) {
        var layout = MessagePackLayout(record)
        if unsafe record.layout.pointee.isColumns {
            unsafe try layout.fillRows(from: object)
        } else {
            unsafe try layout.fillMap(from: object)
        }
        try layout.placeDecimals()
    }

    private mutating func fillMap(from object: msgpack_object) throws(SchemaError) {
        guard unsafe object.type == MSGPACK_OBJECT_MAP else {
            throw .malformedMessagePack(message: name)
        }
        for index in unsafe 0..<Int(object.via.map.size) {
            let pair = unsafe object.via.map.ptr[index]
            guard unsafe pair.key.type == MSGPACK_OBJECT_POSITIVE_INTEGER else {
                throw .malformedMessagePack(message: name)
            }
            guard let entry = unsafe entry(pair.key.via.u64) else { continue }
            if unsafe entry.pointee.isExponent || pair.val.type == MSGPACK_OBJECT_NIL { continue }
            unsafe try fillField(entry, from: pair.val)
        }
    }

    private func entry(_ number: UInt64) -> UnsafePointer<FieldEntry>? {
        for index in unsafe 0..<record.layout.pointee.fieldCount {
            let entry = unsafe UnsafePointer(record.layout.pointee.fields + index)
            if unsafe UInt64(entry.pointee.layout.number) == number { return unsafe entry }
        }
        return nil
    }

    private mutating func fillField(
        _ entry: UnsafePointer<FieldEntry>, from object: msgpack_object
    ) throws(SchemaError) {
        let field = unsafe entry.pointee.layout
        guard field.presence == .repeated else {
            let place = unsafe record.memory + Int(field.offset)
            // Of a field that comes twice the last value counts, for the shared exponent too.
            unsafe decimals[entry.pointee.exponent.number]?.removeAll { unsafe $0.place == place }
            unsafe try fillValue(entry, place, from: object)
            return record.mark(field)
        }
        guard unsafe object.type == MSGPACK_OBJECT_ARRAY else { throw unsafe wrongType(entry) }
        let count = unsafe Int(object.via.array.size)
        let elements = unsafe addElements(field, count)
        for index in 0..<count {
            let place = unsafe elements + index * field.kind.width
            unsafe try fillValue(entry, place, from: object.via.array.ptr[index])
        }
    }

    private func addElements(_ field: FieldLayout, _ count: Int) -> UnsafeMutableRawPointer {
        let size = count * field.kind.width
        let elements = unsafe record.allocate(size)
        let bytes = unsafe UnsafeRawBufferPointer(start: elements, count: size)
        unsafe record.setElements(field, bytes, count)
        return unsafe elements
    }

    /// Every row has an element for every repeated field, in the order of their numbers.
    private mutating func fillRows(from object: msgpack_object) throws(SchemaError) {
        guard unsafe object.type == MSGPACK_OBJECT_ARRAY else {
            throw .malformedMessagePack(message: name)
        }
        let rows = unsafe Int(object.via.array.size)
        var column = 0
        for index in unsafe 0..<record.layout.pointee.fieldCount {
            let entry = unsafe UnsafePointer(record.layout.pointee.fields + index)
            let field = unsafe entry.pointee.layout
            guard field.presence == .repeated else { continue }
            let elements = unsafe addElements(field, rows)
            for row in 0..<rows {
                let values = unsafe object.via.array.ptr[row]
                guard unsafe values.type == MSGPACK_OBJECT_ARRAY,
                    unsafe column < Int(values.via.array.size)
                else { throw unsafe wrongType(entry) }
                let place = unsafe elements + row * field.kind.width
                unsafe try fillValue(entry, place, from: values.via.array.ptr[column])
            }
            column += 1
        }
    }

    private mutating func fillValue(
        _ entry: UnsafePointer<FieldEntry>, _ place: UnsafeMutableRawPointer,
        from object: msgpack_object
    ) throws(SchemaError) {
        switch unsafe entry.pointee.layout.kind {
        case .int64 where unsafe entry.pointee.isDecimal:
            guard let value = unsafe DecimalText(try text(entry, object)) else {
                throw unsafe wrongType(entry)
            }
            let exponent = unsafe entry.pointee.exponent.number
            unsafe decimals[exponent, default: []].append(
                PlacedDecimal(place: place, value: value))
        case .int32, .sint32, .sfixed32, .enumeration:
            unsafe try place.storeBytes(of: integer(entry, object), as: Int32.self)
        case .uint32, .fixed32:
            unsafe try place.storeBytes(of: integer(entry, object), as: UInt32.self)
        case .int64, .sint64, .sfixed64:
            unsafe try place.storeBytes(of: integer(entry, object), as: Int64.self)
        case .uint64, .fixed64:
            unsafe try place.storeBytes(of: integer(entry, object), as: UInt64.self)
        case .bool:
            guard unsafe object.type == MSGPACK_OBJECT_BOOLEAN else {
                throw unsafe wrongType(entry)
            }
            unsafe place.storeBytes(of: object.via.boolean ? 1 : 0, as: Int32.self)
        case .text:
            let text = unsafe try text(entry, object)
            let copy = unsafe record.copy(String(decoding: text, as: UTF8.self))
            unsafe place.storeBytes(of: copy, as: UnsafeRawPointer.self)
        case .bytes:
            guard unsafe object.type == MSGPACK_OBJECT_BIN else { throw unsafe wrongType(entry) }
            let binary = unsafe object.via.bin
            let copy = unsafe record.copy(
                UnsafeRawBufferPointer(start: binary.ptr, count: Int(binary.size)))
            unsafe place.storeBytes(of: copy.count, as: Int.self)
            unsafe place.storeBytes(
                of: copy.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
        case .message:
            guard let nested = unsafe entry.pointee.nested else { throw unsafe wrongType(entry) }
            let inner = unsafe record.make(nested)
            unsafe try MessagePackLayout.fill(inner, from: object)
            unsafe place.storeBytes(of: inner.memory, as: UnsafeMutableRawPointer.self)
        }
    }

    private func integer<Number: FixedWidthInteger>(
        _ entry: UnsafePointer<FieldEntry>, _ object: msgpack_object
    ) throws(SchemaError) -> Number {
        let number: Number?
        switch unsafe object.type {
        case MSGPACK_OBJECT_POSITIVE_INTEGER: number = unsafe Number(exactly: object.via.u64)
        case MSGPACK_OBJECT_NEGATIVE_INTEGER: number = unsafe Number(exactly: object.via.i64)
        default: number = nil
        }
        guard let number else { throw unsafe wrongType(entry) }
        return number
    }

    private func text(
        _ entry: UnsafePointer<FieldEntry>, _ object: msgpack_object
    ) throws(SchemaError) -> UnsafeRawBufferPointer {
        guard unsafe object.type == MSGPACK_OBJECT_STR else { throw unsafe wrongType(entry) }
        let text = unsafe object.via.str
        return unsafe UnsafeRawBufferPointer(start: text.ptr, count: Int(text.size))
    }

    private static let exponentMax: Int32 = 18

    /// Brings all mantissas that share an exponent to the smallest one among them.
    private func placeDecimals() throws(SchemaError) {
        for number in decimals.keys {
            guard let group = decimals[number] else { continue }
            let values = group.map(\.value)
            let smallest = values.filter { $0.mantissa != 0 }.map(\.exponent).min() ?? 0
            // No exponent on this wire is larger; trailing zeros go back into the mantissa.
            let exponent = min(smallest, Self.exponentMax)
            for (index, value) in values.enumerated() {
                guard let mantissa = value.mantissa(at: exponent) else {
                    throw .wrongType(message: name, field: "\(number)")
                }
                unsafe group[index].place.storeBytes(of: mantissa, as: Int64.self)
            }
            record.set(Int(number), Optional(exponent))
        }
    }

    private var name: String { unsafe record.layout.pointee.name }

    private func wrongType(_ entry: UnsafePointer<FieldEntry>) -> SchemaError {
        unsafe .wrongType(
            message: name, field: String(cString: entry.pointee.descriptor.pointee.name))
    }
}
