internal import CProtobufC

/// A message in the memory layout of its generated C struct, its fields reached by number.
/// Valid only inside the call that handed it out. Every access checks the field's type, so a
/// mistake in a mirror is a trap in its first test, never a wild store.
@safe package struct Record {
    let layout: UnsafePointer<MessageLayout>
    let memory: UnsafeMutableRawPointer
    private let arena: UnsafeMutablePointer<Arena>?

    /// A record with no field set.
    @inline(__always)
    init(empty layout: UnsafePointer<MessageLayout>, in arena: UnsafeMutablePointer<Arena>) {
        let size = unsafe layout.pointee.size
        unsafe self.layout = layout
        unsafe self.arena = arena
        unsafe memory = arena.pointee.allocate(size)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        unsafe memory.storeBytes(of: layout.pointee.descriptor, as: UnsafeRawPointer.self)
    }

    /// A record to be read only.
    init(reading memory: UnsafeMutableRawPointer, _ layout: UnsafePointer<MessageLayout>) {
        unsafe self.layout = layout
        unsafe self.memory = memory
        unsafe self.arena = nil
    }

    @inline(__always)
    func field(_ number: Int, _ kinds: (FieldKind) -> Bool) -> FieldLayout {
        precondition(unsafe number > 0 && number < layout.pointee.layoutCount)
        let field = unsafe layout.pointee.layouts[number]
        precondition(field.exists && kinds(field.kind), "field is of another type")
        return field
    }

    /// A further empty record in the same memory.
    func make(_ layout: UnsafePointer<MessageLayout>) -> Record {
        unsafe Record(empty: layout, in: memoryPool)
    }

    func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        unsafe memoryPool.pointee.allocate(size)
    }

    private var memoryPool: UnsafeMutablePointer<Arena> {
        guard let arena = unsafe arena else { preconditionFailure("written while being read") }
        return unsafe arena
    }

    /// The table of the message type that field `number` holds.
    @inline(__always)
    func nestedLayout(_ number: Int) -> UnsafePointer<MessageLayout> {
        precondition(unsafe number > 0 && number < layout.pointee.layoutCount)
        guard let nested = unsafe layout.pointee.nested[number] else {
            preconditionFailure("field is no message")
        }
        return unsafe nested
    }

    /// Marks a single field as present.
    @inline(__always)
    func mark(_ field: FieldLayout) {
        let place = unsafe memory + Int(field.quantifier)
        switch field.presence {
        case .flag: unsafe place.storeBytes(of: 1, as: Int32.self)
        case .oneof: unsafe place.storeBytes(of: field.number, as: UInt32.self)
        case .pointer, .value: break
        case .repeated: preconditionFailure("field is repeated")
        }
    }

    @inline(__always)
    func isPresent(_ field: FieldLayout) -> Bool { unsafe field.isPresent(in: memory) }
}

extension FieldLayout {
    /// Whether the field is in the struct at `memory`.
    @inline(__always)
    func isPresent(in memory: UnsafeRawPointer) -> Bool {
        switch presence {
        case .flag: return unsafe memory.load(fromByteOffset: Int(quantifier), as: Int32.self) != 0
        case .pointer:
            return unsafe memory.load(fromByteOffset: Int(offset), as: UInt.self) != 0
        case .oneof:
            let isChosen =
                unsafe memory.load(fromByteOffset: Int(quantifier), as: UInt32.self) == number
            guard isChosen else { return false }
            if kind != .text && kind != .message { return true }
            return unsafe memory.load(fromByteOffset: Int(offset), as: UInt.self) != 0
        case .repeated:
            return unsafe memory.load(fromByteOffset: Int(quantifier), as: Int.self) != 0
        case .value: return unsafe hasValue(in: memory)
        }
    }

    /// Bytes begin with their count, so that they are looked at as a number is.
    @inline(never)
    private func hasValue(in memory: UnsafeRawPointer) -> Bool {
        if kind.width == 4 {
            return unsafe memory.load(fromByteOffset: Int(offset), as: UInt32.self) != 0
        }
        if kind == .text {
            let text = unsafe memory.load(
                fromByteOffset: Int(offset), as: UnsafePointer<CChar>?.self)
            return unsafe text.map { unsafe $0.pointee != 0 } ?? false
        }
        return unsafe memory.load(fromByteOffset: Int(offset), as: UInt64.self) != 0
    }
}
