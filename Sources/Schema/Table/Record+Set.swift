internal import CProtobufC

/// Writing fields. Nil and empty lists leave a field absent.
extension Record {
    @inline(__always)
    package func set<Value: FixedWidthInteger & BitwiseCopyable>(_ number: Int, _ value: Value?) {
        guard let value else { return }
        let field = field(number) { $0.width == MemoryLayout<Value>.size && $0 < .text }
        mark(field)
        unsafe (memory + Int(field.offset)).storeBytes(of: value, as: Value.self)
    }

    package func set(_ number: Int, _ value: Bool?) {
        guard let value else { return }
        let field = field(number) { $0 == .bool }
        mark(field)
        unsafe (memory + Int(field.offset)).storeBytes(of: value ? 1 : 0, as: Int32.self)
    }

    @inline(__always)
    package func set<Value: RawRepresentable<Int32>>(_ number: Int, _ value: Value?) {
        guard let value else { return }
        let field = field(number) { $0 == .enumeration }
        mark(field)
        unsafe (memory + Int(field.offset)).storeBytes(of: value.rawValue, as: Int32.self)
    }

    /// Text ends at its first NUL, because protobuf-c's strings are C strings.
    package func set(_ number: Int, _ text: String?) {
        guard let text else { return }
        let field = field(number) { $0 == .text }
        mark(field)
        unsafe (memory + Int(field.offset)).storeBytes(of: copy(text), as: UnsafeRawPointer.self)
    }

    package func set(_ number: Int, _ bytes: [UInt8]?) {
        guard let bytes else { return }
        unsafe bytes.withUnsafeBytes { unsafe setBytes(number, copy($0)) }
    }

    @inline(__always)
    package func set<Message: WireMessage>(_ number: Int, _ message: Message?) {
        guard let message else { return }
        let field = field(number) { $0 == .message }
        mark(field)
        let record = unsafe make(nestedLayout(number))
        unsafe (memory + Int(field.offset)).storeBytes(
            of: record.memory, as: UnsafeMutableRawPointer.self)
        message.write(to: record)
    }

    package func set<Value: FixedWidthInteger & BitwiseCopyable>(_ number: Int, _ values: [Value]) {
        let field = field(number) { $0.width == MemoryLayout<Value>.size && $0 < .text }
        unsafe values.withUnsafeBytes { unsafe setElements(field, copy($0), values.count) }
    }

    package func set(_ number: Int, _ texts: [String]) {
        let field = field(number) { $0 == .text }
        unsafe setPointers(field, texts.count) { unsafe copy(texts[$0]) }
    }

    package func set(_ number: Int, _ blobs: [[UInt8]]) {
        let field = field(number) { $0 == .bytes }
        let elements = unsafe allocate(blobs.count * 16)
        for (index, blob) in blobs.enumerated() {
            let place = unsafe elements + index * 16
            unsafe place.storeBytes(of: blob.count, as: Int.self)
            let copy = unsafe blob.withUnsafeBytes { unsafe self.copy($0) }
            unsafe place.storeBytes(
                of: copy.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: elements, count: blobs.count * 16)
        unsafe setElements(field, bytes, blobs.count)
    }

    package func set<Message: WireMessage>(_ number: Int, _ messages: [Message]) {
        let field = field(number) { $0 == .message }
        let layout = unsafe nestedLayout(number)
        unsafe setPointers(field, messages.count) { index in
            let record = unsafe make(layout)
            messages[index].write(to: record)
            return unsafe UnsafeRawPointer(record.memory)
        }
    }

    private func setPointers(
        _ field: FieldLayout, _ count: Int, _ pointer: (Int) -> UnsafeRawPointer
    ) {
        let elements = unsafe allocate(count * 8)
        for index in 0..<count {
            unsafe elements.storeBytes(
                of: pointer(index), toByteOffset: index * 8, as: UnsafeRawPointer.self)
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: elements, count: count * 8)
        unsafe setElements(field, bytes, count)
    }
}

/// Writing fields whose values stay where they are.
extension Record {
    /// A list that is borrowed, not copied: it must outlive the record.
    func setElements(_ field: FieldLayout, _ elements: UnsafeRawBufferPointer, _ count: Int) {
        precondition(field.presence == .repeated, "field is not repeated")
        if count == 0 { return }
        unsafe memory.storeBytes(of: count, toByteOffset: Int(field.quantifier), as: Int.self)
        unsafe memory.storeBytes(
            of: elements.baseAddress, toByteOffset: Int(field.offset), as: UnsafeRawPointer?.self)
    }

    /// Bytes that are borrowed, not copied: they must outlive the record.
    func setBytes(_ number: Int, _ bytes: UnsafeRawBufferPointer) {
        let field = field(number) { $0 == .bytes }
        mark(field)
        let place = unsafe memory + Int(field.offset)
        unsafe place.storeBytes(of: bytes.count, as: Int.self)
        unsafe place.storeBytes(of: bytes.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
    }

    func copy(_ text: String) -> UnsafeRawPointer {
        var text = text
        return text.withUTF8 { source in
            let target = unsafe allocate(source.count + 1)
            if let base = source.baseAddress {
                unsafe target.copyMemory(from: base, byteCount: source.count)
            }
            unsafe target.storeBytes(of: 0, toByteOffset: source.count, as: UInt8.self)
            return UnsafeRawPointer(target)
        }
    }

    func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let base = bytes.baseAddress, bytes.count > 0 else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let target = unsafe allocate(bytes.count)
        unsafe target.copyMemory(from: base, byteCount: bytes.count)
        return unsafe UnsafeRawBufferPointer(start: target, count: bytes.count)
    }
}
