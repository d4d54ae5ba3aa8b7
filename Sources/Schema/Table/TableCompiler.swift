internal import CProtobufC

/// Compiles one message's descriptor into its table. Refuses, as our own bug, what this wire does
/// not have: required fields, binary floating point, defaults.
@safe struct TableCompiler {
    let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    let options: MessageOptions
    /// Where the table of each message type will be.
    let places: [UnsafeRawPointer: UnsafePointer<MessageLayout>]

    func compile() -> MessageLayout {
        let count = unsafe Int(descriptor.pointee.n_fields)
        let highest = (0..<count).map { unsafe Int(descriptor.pointee.fields[$0].id) }.max()
        let layoutCount = (highest ?? 0) + 1
        precondition(layoutCount <= 4096, "field numbers are meant to be small")
        let layouts = UnsafeMutablePointer<FieldLayout>.allocate(capacity: layoutCount)
        unsafe layouts.initialize(repeating: FieldLayout(), count: layoutCount)
        let nested = UnsafeMutablePointer<UnsafePointer<MessageLayout>?>.allocate(
            capacity: layoutCount)
        unsafe nested.initialize(repeating: nil, count: layoutCount)
        for index in 0..<count {
            let field = unsafe descriptor.pointee.fields + index
            let number = unsafe Int(field.pointee.id)
            unsafe layouts[number] = layout(of: field)
            unsafe nested[number] = message(of: field)
        }
        let exponents = Set(options.fields.values.compactMap(\.exponent))
        let fields = UnsafeMutablePointer<FieldEntry>.allocate(capacity: count)
        var fieldCount = 0
        for index in 0..<count {
            let field = unsafe descriptor.pointee.fields + index
            let number = unsafe field.pointee.id
            let option = options.fields[number] ?? FieldOptions()
            guard option.visibility == .everybody else { continue }
            var entry = unsafe entry(of: field, layout: layouts[Int(number)])
            unsafe entry.isExponent = exponents.contains(number)
            if let exponent = option.exponent {
                precondition(Int(exponent) < layoutCount, "exponent field does not exist")
                unsafe entry.exponent = layouts[Int(exponent)]
                unsafe entry.isDecimal = true
                unsafe checkDecimal(entry)
            }
            unsafe (fields + fieldCount).initialize(to: entry)
            fieldCount += 1
        }
        return unsafe MessageLayout(
            descriptor: descriptor, size: descriptor.pointee.sizeof_message, fields: fields,
            fieldCount: fieldCount, layouts: layouts, nested: nested, layoutCount: layoutCount,
            isColumns: options.isColumns)
    }

    private func layout(of field: UnsafePointer<ProtobufCFieldDescriptor>) -> FieldLayout {
        let name = unsafe String(cString: field.pointee.name)
        guard let kind = unsafe FieldKind(field.pointee.type) else {
            preconditionFailure("\(name): binary floating point is not on this wire")
        }
        let isPlain = unsafe field.pointee.label == PROTOBUF_C_LABEL_NONE
        let hasDefault = unsafe field.pointee.default_value != nil
        precondition(!hasDefault || isPlain || kind == .enumeration, name)
        let isOneof =
            unsafe field.pointee.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
        let presence: FieldPresence
        switch unsafe field.pointee.label {
        case PROTOBUF_C_LABEL_REPEATED: presence = .repeated
        case PROTOBUF_C_LABEL_OPTIONAL where isOneof: presence = .oneof
        case PROTOBUF_C_LABEL_OPTIONAL:
            presence = kind == .text || kind == .message ? .pointer : .flag
        case PROTOBUF_C_LABEL_NONE where isOneof: presence = .oneof
        case PROTOBUF_C_LABEL_NONE: presence = kind == .message ? .pointer : .value
        default: preconditionFailure("\(name): no field here is required")
        }
        return unsafe FieldLayout(
            offset: Int32(field.pointee.offset),
            quantifier: Int32(field.pointee.quantifier_offset), number: field.pointee.id,
            kind: kind, presence: presence, exists: true)
    }

    private func entry(
        of field: UnsafePointer<ProtobufCFieldDescriptor>, layout: FieldLayout
    ) -> FieldEntry {
        let key = "\"\(unsafe jsonName(String(cString: field.pointee.name)))\":"
        let name = UnsafeMutableRawPointer.allocate(byteCount: key.utf8.count, alignment: 1)
        unsafe name.copyMemory(from: key, byteCount: key.utf8.count)
        var entry = unsafe FieldEntry(
            layout: layout, name: name, nameLength: key.utf8.count, descriptor: field)
        let packed = unsafe field.pointee.flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue)
        unsafe entry.isPacked = packed != 0
        let wireType = packed != 0 ? 2 : layout.kind.wireType
        let tag = bytes(ofVarint: layout.number << 3 | wireType)
        unsafe (entry.tag, entry.tagLength) = (tag.bytes, tag.length)
        let number = UInt64(layout.number)
        switch layout.number {
        case 0..<128: unsafe (entry.key, entry.keyLength) = (number, 1)
        case 128..<256: unsafe (entry.key, entry.keyLength) = (0xcc | number << 8, 2)
        default:
            let swapped = UInt64(UInt16(number).byteSwapped)
            unsafe (entry.key, entry.keyLength) = (0xcd | swapped << 8, 3)
        }
        unsafe entry.nested = message(of: field)
        if layout.kind == .enumeration, let values = unsafe field.pointee.descriptor {
            unsafe entry.values = values.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
        }
        return unsafe entry
    }

    private func message(
        of field: UnsafePointer<ProtobufCFieldDescriptor>
    ) -> UnsafePointer<MessageLayout>? {
        guard unsafe field.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
            let descriptor = unsafe field.pointee.descriptor
        else { return nil }
        return unsafe places[descriptor]
    }

    private func checkDecimal(_ entry: FieldEntry) {
        let (mantissa, exponent) = unsafe (entry.layout, entry.exponent)
        precondition(mantissa.kind == .int64, "a mantissa is an int64")
        precondition(mantissa.presence != .oneof, "a mantissa is in no oneof")
        precondition(
            exponent.exists && exponent.kind == .sint32 && exponent.presence == .flag,
            "an exponent is an optional sint32")
    }

    private func bytes(ofVarint value: UInt32) -> (bytes: UInt64, length: UInt8) {
        var (rest, bytes, length) = (value, UInt64(0), UInt8(0))
        while rest >= 0x80 {
            bytes |= UInt64(rest & 0x7f | 0x80) << (UInt64(length) * 8)
            rest >>= 7
            length += 1
        }
        return (bytes | UInt64(rest) << (UInt64(length) * 8), length + 1)
    }

    /// protobuf's rule: underscores go, the letter after one becomes a capital.
    private func jsonName(_ name: String) -> String {
        var (text, isCapital) = ("", false)
        for letter in name {
            if letter == "_" {
                isCapital = true
            } else {
                text += isCapital ? letter.uppercased() : String(letter)
                isCapital = false
            }
        }
        return text
    }
}
