import Base
import CProtobufC
import CProtos
import Schema

/// A random C struct of any generated message, made by protobuf-c's descriptors alone, so that it
/// shares no code with the tables under test. Frees its memory when it goes.
final class RandomMessage {
    private(set) var memory: UnsafeMutableRawPointer
    private var chunks: [UnsafeMutableRawPointer] = []

    static var descriptors: [UnsafePointer<ProtobufCMessageDescriptor>] {
        (0..<penstock_message_count()).compactMap { penstock_messages()[$0] }
    }

    static func descriptor(_ name: String) -> UnsafePointer<ProtobufCMessageDescriptor>? {
        descriptors.first { String(cString: $0.pointee.name) == name }
    }

    init(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        random: inout SeededRandom
    ) {
        memory = UnsafeMutableRawPointer(bitPattern: 16)!
        memory = message(descriptor, &random)
    }

    deinit { for chunk in chunks { chunk.deallocate() } }

    /// What protobuf-c makes of it.
    var packed: [UInt8] {
        let message = memory.assumingMemoryBound(to: ProtobufCMessage.self)
        var bytes = [UInt8](repeating: 0, count: protobuf_c_message_get_packed_size(message))
        let size = protobuf_c_message_pack(message, &bytes)
        return Array(bytes.prefix(size))
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 16)
        chunk.initializeMemory(as: UInt8.self, repeating: 0, count: max(size, 1))
        chunks.append(chunk)
        return chunk
    }

    private func message(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ random: inout SeededRandom
    ) -> UnsafeMutableRawPointer {
        let memory = allocate(descriptor.pointee.sizeof_message)
        descriptor.pointee.message_init(memory.assumingMemoryBound(to: ProtobufCMessage.self))
        var rows: Int?
        for index in 0..<Int(descriptor.pointee.n_fields) {
            let field = descriptor.pointee.fields[index]
            let offset = Int(field.offset)
            let quantifier = Int(field.quantifier_offset)
            if field.label == PROTOBUF_C_LABEL_REPEATED {
                // Columns are of one length, as their contract says.
                let isColumn = String(cString: descriptor.pointee.short_name) == "BookSide"
                let count = isColumn ? rows ?? length(&random) : length(&random)
                rows = count
                let width = width(field.type)
                let elements = allocate(count * width)
                for element in 0..<count {
                    store(field, elements + element * width, &random)
                }
                memory.storeBytes(of: count, toByteOffset: quantifier, as: Int.self)
                memory.storeBytes(
                    of: elements, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
            } else if random.chance(0.6) {
                store(field, memory + offset, &random)
                if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 {
                    memory.storeBytes(of: field.id, toByteOffset: quantifier, as: UInt32.self)
                } else if quantifier != 0 {
                    memory.storeBytes(of: 1, toByteOffset: quantifier, as: Int32.self)
                }
            }
        }
        return memory
    }

    /// Mostly short, now and then long enough for every size of length prefix.
    private func length(_ random: inout SeededRandom) -> Int {
        switch random.next() % 20 {
        case 0: Int(random.next() % 300)
        case 1: 0
        default: Int(random.next() % 6)
        }
    }

    private func width(_ type: ProtobufCType) -> Int {
        switch type {
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: 8
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_MESSAGE: 8
        case PROTOBUF_C_TYPE_BYTES: 16
        default: 4
        }
    }

    /// A number of any magnitude, the borders of its encodings often.
    private func number(_ random: inout SeededRandom) -> UInt64 {
        let bits = random.next() % 65
        let number = bits == 64 ? random.next() : random.next() & (UInt64(1) << bits &- 1)
        switch random.next() % 8 {
        case 0: return 1 << min(bits, 63)
        case 1: return (1 << min(bits, 63)) &- 1
        case 2: return 0 &- number
        default: return number
        }
    }

    private func store(
        _ field: ProtobufCFieldDescriptor, _ place: UnsafeMutableRawPointer,
        _ random: inout SeededRandom
    ) {
        switch field.type {
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            place.storeBytes(of: number(&random), as: UInt64.self)
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_UINT32:
            place.storeBytes(of: UInt32(truncatingIfNeeded: number(&random)), as: UInt32.self)
        case PROTOBUF_C_TYPE_SINT32:
            place.storeBytes(of: Int32(random.next() % 37) - 18, as: Int32.self)
        case PROTOBUF_C_TYPE_BOOL:
            place.storeBytes(of: Int32(random.next() % 2), as: Int32.self)
        case PROTOBUF_C_TYPE_ENUM:
            place.storeBytes(of: Int32(random.next() % 3), as: Int32.self)
        case PROTOBUF_C_TYPE_STRING:
            let count = length(&random)
            let text = allocate(count + 1)
            for index in 0..<count {
                let letter = UInt8(random.next() % 126 + 1)
                text.storeBytes(of: letter, toByteOffset: index, as: UInt8.self)
            }
            place.storeBytes(of: text, as: UnsafeMutableRawPointer.self)
        case PROTOBUF_C_TYPE_BYTES:
            let count = random.chance(0.02) ? 70000 : length(&random)
            let bytes = allocate(count)
            for index in 0..<count {
                bytes.storeBytes(
                    of: UInt8(truncatingIfNeeded: random.next()), toByteOffset: index,
                    as: UInt8.self)
            }
            place.storeBytes(of: count, as: Int.self)
            place.storeBytes(of: bytes, toByteOffset: 8, as: UnsafeMutableRawPointer.self)
        case PROTOBUF_C_TYPE_MESSAGE:
            let nested = message(
                field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), &random)
            place.storeBytes(of: nested, as: UnsafeMutableRawPointer.self)
        default: preconditionFailure("a type that Protos/ does not use")
        }
    }
}
