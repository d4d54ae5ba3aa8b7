internal import CProtobufC

/// The type of a field, as its encoders tell types apart.
package enum FieldKind: UInt8, Sendable {
    case int32, sint32, sfixed32, uint32, fixed32
    case int64, sint64, sfixed64, uint64, fixed64
    case bool, enumeration, text, bytes, message

    /// Bytes of one value in the C struct.
    var width: Int {
        switch self {
        case .int32, .sint32, .sfixed32, .uint32, .fixed32, .bool, .enumeration: 4
        case .int64, .sint64, .sfixed64, .uint64, .fixed64, .text, .message: 8
        case .bytes: 16
        }
    }

    /// 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
    var wireType: UInt32 {
        switch self {
        case .int32, .sint32, .uint32, .int64, .sint64, .uint64, .bool, .enumeration: 0
        case .sfixed64, .fixed64: 1
        case .text, .bytes, .message: 2
        case .sfixed32, .fixed32: 5
        }
    }

    /// Nil for float and double: there is no binary floating point on this wire.
    init?(_ type: ProtobufCType) {
        switch type {
        case PROTOBUF_C_TYPE_INT32: self = .int32
        case PROTOBUF_C_TYPE_SINT32: self = .sint32
        case PROTOBUF_C_TYPE_SFIXED32: self = .sfixed32
        case PROTOBUF_C_TYPE_UINT32: self = .uint32
        case PROTOBUF_C_TYPE_FIXED32: self = .fixed32
        case PROTOBUF_C_TYPE_INT64: self = .int64
        case PROTOBUF_C_TYPE_SINT64: self = .sint64
        case PROTOBUF_C_TYPE_SFIXED64: self = .sfixed64
        case PROTOBUF_C_TYPE_UINT64: self = .uint64
        case PROTOBUF_C_TYPE_FIXED64: self = .fixed64
        case PROTOBUF_C_TYPE_BOOL: self = .bool
        case PROTOBUF_C_TYPE_ENUM: self = .enumeration
        case PROTOBUF_C_TYPE_STRING: self = .text
        case PROTOBUF_C_TYPE_BYTES: self = .bytes
        case PROTOBUF_C_TYPE_MESSAGE: self = .message
        default: return nil
        }
    }
}

extension FieldKind: Comparable {
    /// In the order of declaration: everything before `text` is an integer in the C struct.
    package static func < (left: FieldKind, right: FieldKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
