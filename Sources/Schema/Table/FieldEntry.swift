internal import CProtobufC

/// How a C struct says that a field is there.
enum FieldPresence: UInt8 {
    /// A `has_` flag.
    case flag
    /// A pointer that is not null.
    case pointer
    /// The case number of a oneof.
    case oneof
    /// A count that is not zero.
    case repeated
    /// A value that is not zero or empty: a field of proto3, which has no other way.
    case value
}

/// Where a field lies in the C struct; every field has one, whoever may see it.
struct FieldLayout {
    var offset: Int32 = 0
    /// Of the `has_` flag, the oneof's case or the count; 0 where a null pointer means absent.
    var quantifier: Int32 = 0
    var number: UInt32 = 0
    var kind = FieldKind.int32
    var presence = FieldPresence.flag
    /// False for a number that the message does not have.
    var exists = false
}

/// One public field of a message: all that the encoders need, in one contiguous row.
@unsafe struct FieldEntry {
    var layout: FieldLayout
    var isPacked = false
    /// Holds the exponent of a decimal: JSON and MessagePack leave it out.
    var isExponent = false
    /// An integer that is the mantissa of a decimal, whose exponent is at `exponent`.
    var isDecimal = false
    var exponent = FieldLayout()
    /// Protobuf's tag, ready to be stored, first byte lowest.
    var tag: UInt64 = 0
    var tagLength: UInt8 = 0
    /// MessagePack's key: the number as the smallest unsigned integer, first byte lowest.
    var key: UInt64 = 0
    var keyLength: UInt8 = 0
    /// JSON's key with quotes and colon.
    var name: UnsafeMutableRawPointer
    var nameLength: Int
    var nested: UnsafePointer<MessageLayout>?
    var values: UnsafePointer<ProtobufCEnumDescriptor>?
    var descriptor: UnsafePointer<ProtobufCFieldDescriptor>
}

/// One message: its public fields in ascending order, and where all its fields lie.
@unsafe struct MessageLayout {
    var descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    var size: Int
    var fields: UnsafeMutablePointer<FieldEntry>
    var fieldCount: Int
    /// Indexed by field number.
    var layouts: UnsafeMutablePointer<FieldLayout>
    /// Of message fields, by number.
    var nested: UnsafeMutablePointer<UnsafePointer<MessageLayout>?>
    var layoutCount: Int
    /// A table of columns: JSON and MessagePack show it as a list of rows.
    var isColumns: Bool

    var name: String { unsafe String(cString: descriptor.pointee.name) }
}
