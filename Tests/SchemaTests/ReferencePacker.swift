import CMsgpack
import CProtobufC
import Schema

/// Packs a C struct with msgpack-c by Penstock's rules: walks protobuf-c's
/// descriptors and the options of the descriptor set, and shares nothing with the tables.
final class ReferencePacker {
    private var buffer = msgpack_sbuffer()
    private var packer = msgpack_packer()

    static func pack(_ memory: UnsafeRawPointer) -> [UInt8] {
        let packer = ReferencePacker()
        return packer.bytes(memory)
    }

    private func bytes(_ memory: UnsafeRawPointer) -> [UInt8] {
        msgpack_sbuffer_init(&buffer)
        defer { msgpack_sbuffer_destroy(&buffer) }
        return withUnsafeMutablePointer(to: &buffer) { buffer in
            msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write)
            message(memory)
            let (data, size) = (buffer.pointee.data, buffer.pointee.size)
            return Array(UnsafeRawBufferPointer(start: data, count: size))
        }
    }

    private func message(_ memory: UnsafeRawPointer) {
        let descriptor = memory.load(as: UnsafePointer<ProtobufCMessageDescriptor>.self).pointee
        let name = String(cString: descriptor.name)
        let options = DescriptorSet.embedded.options(of: name) ?? MessageOptions()
        let exponents = Set(options.fields.values.compactMap(\.exponent))
        let all = (0..<Int(descriptor.n_fields)).map { descriptor.fields[$0] }
        let fields = all.filter { !exponents.contains($0.id) }
        if options.isColumns {
            let rows = fields.map { count($0, memory) }.min() ?? 0
            msgpack_pack_array(&packer, rows)
            for row in 0..<rows {
                msgpack_pack_array(&packer, fields.count)
                for field in fields {
                    value(field, element(field, memory, row), memory, all, options)
                }
            }
            return
        }
        let present = fields.filter { isPresent($0, memory) }
        msgpack_pack_map(&packer, present.count)
        for field in present {
            msgpack_pack_uint32(&packer, field.id)
            guard field.label == PROTOBUF_C_LABEL_REPEATED else {
                value(field, memory + Int(field.offset), memory, all, options)
                continue
            }
            msgpack_pack_array(&packer, count(field, memory))
            for index in 0..<count(field, memory) {
                value(field, element(field, memory, index), memory, all, options)
            }
        }
    }

    private func count(_ field: ProtobufCFieldDescriptor, _ memory: UnsafeRawPointer) -> Int {
        memory.load(fromByteOffset: Int(field.quantifier_offset), as: Int.self)
    }

    private func element(
        _ field: ProtobufCFieldDescriptor, _ memory: UnsafeRawPointer, _ index: Int
    ) -> UnsafeRawPointer {
        let width =
            switch field.type {
            case PROTOBUF_C_TYPE_BYTES: 16
            case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_UINT32,
                PROTOBUF_C_TYPE_ENUM:
                4
            default: 8
            }
        return memory.load(fromByteOffset: Int(field.offset), as: UnsafeRawPointer.self)
            + index * width
    }

    private func isPresent(_ field: ProtobufCFieldDescriptor, _ memory: UnsafeRawPointer) -> Bool {
        if field.label == PROTOBUF_C_LABEL_REPEATED { return count(field, memory) > 0 }
        let quantifier = Int(field.quantifier_offset)
        if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 {
            return memory.load(fromByteOffset: quantifier, as: UInt32.self) == field.id
        }
        let place = memory + Int(field.offset)
        if field.label == PROTOBUF_C_LABEL_NONE {
            switch field.type {
            case PROTOBUF_C_TYPE_STRING:
                return place.load(as: UnsafePointer<CChar>.self).pointee != 0
            case PROTOBUF_C_TYPE_INT32: return place.load(as: Int32.self) != 0
            default: return place.load(as: Int.self) != 0
            }
        }
        if quantifier == 0 { return place.load(as: UInt.self) != 0 }
        return memory.load(fromByteOffset: quantifier, as: Int32.self) != 0
    }

    private func value(
        _ field: ProtobufCFieldDescriptor, _ place: UnsafeRawPointer, _ memory: UnsafeRawPointer,
        _ siblings: [ProtobufCFieldDescriptor], _ options: MessageOptions
    ) {
        if let number = options.fields[field.id]?.exponent,
            let exponent = siblings.first(where: { $0.id == number })
        {
            let power =
                isPresent(exponent, memory)
                ? memory.load(fromByteOffset: Int(exponent.offset), as: Int32.self) : 0
            return text(Array(Self.plain(place.load(as: Int64.self), power).utf8))
        }
        switch field.type {
        case PROTOBUF_C_TYPE_INT64: msgpack_pack_int64(&packer, place.load(as: Int64.self))
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            msgpack_pack_uint64(&packer, place.load(as: UInt64.self))
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_ENUM:
            msgpack_pack_int32(&packer, place.load(as: Int32.self))
        case PROTOBUF_C_TYPE_UINT32: msgpack_pack_uint32(&packer, place.load(as: UInt32.self))
        case PROTOBUF_C_TYPE_BOOL:
            if place.load(as: Int32.self) != 0 {
                msgpack_pack_true(&packer)
            } else {
                msgpack_pack_false(&packer)
            }
        case PROTOBUF_C_TYPE_STRING:
            let characters = place.load(as: UnsafePointer<CChar>.self)
            text(String(cString: characters).utf8.map { $0 })
        case PROTOBUF_C_TYPE_BYTES:
            let count = place.load(as: Int.self)
            msgpack_pack_bin(&packer, count)
            msgpack_pack_bin_body(
                &packer, place.load(fromByteOffset: 8, as: UnsafeRawPointer?.self), count)
        case PROTOBUF_C_TYPE_MESSAGE: message(place.load(as: UnsafeRawPointer.self))
        default: preconditionFailure("a type that Protos/ does not use")
        }
    }

    private func text(_ bytes: [UInt8]) {
        msgpack_pack_str(&packer, bytes.count)
        msgpack_pack_str_body(&packer, bytes, bytes.count)
    }

    /// mantissa × 10^exponent in plain notation, by moving a point through text.
    static func plain(_ mantissa: Int64, _ exponent: Int32) -> String {
        if mantissa == 0 { return "0" }
        let sign = mantissa < 0 ? "-" : ""
        var digits = String(mantissa.magnitude)
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: Int(exponent)) }
        let point = Int(-exponent)
        if digits.count <= point {
            digits = String(repeating: "0", count: point + 1 - digits.count) + digits
        }
        let whole = digits.dropLast(point)
        var fraction = Substring(digits.suffix(point))
        while fraction.last == "0" { fraction = fraction.dropLast() }
        return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
    }
}
