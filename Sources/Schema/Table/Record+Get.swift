/// Reading fields: nil or an empty list where a field is absent.
extension Record {
    package func get<Value: FixedWidthInteger & BitwiseCopyable>(_ number: Int) -> Value? {
        let field = field(number) { $0.width == MemoryLayout<Value>.size && $0 < .text }
        return isPresent(field) ? load(field, as: Value.self) : nil
    }

    package func get(_ number: Int) -> Bool? {
        let field = field(number) { $0 == .bool }
        return isPresent(field) ? load(field, as: Int32.self) != 0 : nil
    }

    /// Nil also for a value that this version does not know, as proto2 has it.
    package func get<Value: RawRepresentable<Int32>>(_ number: Int) -> Value? {
        let field = field(number) { $0 == .enumeration }
        return isPresent(field) ? Value(rawValue: load(field, as: Int32.self)) : nil
    }

    package func get(_ number: Int) -> String? {
        let field = field(number) { $0 == .text }
        return isPresent(field) ? unsafe text(at: memory + Int(field.offset)) : nil
    }

    package func get(_ number: Int) -> [UInt8]? {
        let field = field(number) { $0 == .bytes }
        return isPresent(field) ? unsafe blob(at: memory + Int(field.offset)) : nil
    }

    package func get<Message: WireMessage>(_ number: Int) -> Message? {
        let field = field(number) { $0 == .message }
        guard isPresent(field) else { return nil }
        return unsafe message(at: memory + Int(field.offset), nestedLayout(number))
    }

    package func list<Value: FixedWidthInteger & BitwiseCopyable>(_ number: Int) -> [Value] {
        let field = field(number) { $0.width == MemoryLayout<Value>.size && $0 < .text }
        let (base, count) = unsafe elements(of: field)
        guard let base = unsafe base else { return [] }
        let values = unsafe base.assumingMemoryBound(to: Value.self)
        return unsafe Array(UnsafeBufferPointer(start: values, count: count))
    }

    package func list(_ number: Int) -> [String] {
        let field = field(number) { $0 == .text }
        let (base, count) = unsafe elements(of: field)
        guard let base = unsafe base else { return [] }
        return (0..<count).map { unsafe text(at: base + $0 * 8) }
    }

    package func list(_ number: Int) -> [[UInt8]] {
        let field = field(number) { $0 == .bytes }
        let (base, count) = unsafe elements(of: field)
        guard let base = unsafe base else { return [] }
        return (0..<count).map { unsafe blob(at: base + $0 * 16) }
    }

    package func list<Message: WireMessage>(_ number: Int) -> [Message] {
        let field = field(number) { $0 == .message }
        let (base, count) = unsafe elements(of: field)
        guard let base = unsafe base else { return [] }
        let layout = unsafe nestedLayout(number)
        return (0..<count).map { unsafe message(at: base + $0 * 8, layout) }
    }

    private func load<Value: BitwiseCopyable>(
        _ field: FieldLayout, as: Value.Type
    ) -> Value {
        unsafe memory.load(fromByteOffset: Int(field.offset), as: Value.self)
    }

    private func elements(of field: FieldLayout) -> (UnsafeMutableRawPointer?, Int) {
        precondition(field.presence == .repeated, "field is not repeated")
        let count = unsafe memory.load(fromByteOffset: Int(field.quantifier), as: Int.self)
        return unsafe (count == 0 ? nil : load(field, as: UnsafeMutableRawPointer.self), count)
    }

    private func text(at place: UnsafeMutableRawPointer) -> String {
        unsafe String(cString: place.load(as: UnsafePointer<CChar>.self))
    }

    private func blob(at place: UnsafeMutableRawPointer) -> [UInt8] {
        let count = unsafe place.load(as: Int.self)
        let base = unsafe place.load(fromByteOffset: 8, as: UnsafeRawPointer?.self)
        return unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    private func message<Message: WireMessage>(
        at place: UnsafeMutableRawPointer, _ layout: UnsafePointer<MessageLayout>
    ) -> Message {
        unsafe Message(Record(reading: place.load(as: UnsafeMutableRawPointer.self), layout))
    }
}
