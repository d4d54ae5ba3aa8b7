internal import CProtobufC

/// The field delta: what a receiver who has `old` must be told to have `new`.
///
/// Rules: a field that is absent says "unchanged", so fields that equal the old ones are made
/// absent; a list is sent whole or not at all; a table of columns likewise; a nested message is
/// itself reduced to its delta. A mantissa whose exponent changed has changed, and an exponent is
/// present exactly if one of its mantissas is.
enum Delta {
    /// Makes absent in `new` whatever it shares with `old`. Gives whether anything is left.
    static func removeUnchanged(
        from new: UnsafeMutableRawPointer, since old: UnsafeRawPointer,
        _ layout: UnsafePointer<MessageLayout>
    ) -> Bool {
        var isChanged = false
        for index in unsafe 0..<layout.pointee.fieldCount {
            let entry = unsafe UnsafePointer(layout.pointee.fields + index)
            let field = unsafe entry.pointee.layout
            if unsafe entry.pointee.isExponent || !field.isPresent(in: new) { continue }
            if unsafe isUnchanged(entry, new, old) {
                unsafe field.clear(in: new)
            } else {
                isChanged = true
            }
        }
        for index in unsafe 0..<layout.pointee.fieldCount {
            let entry = unsafe UnsafePointer(layout.pointee.fields + index)
            guard unsafe entry.pointee.isExponent else { continue }
            let field = unsafe entry.pointee.layout
            if unsafe hasMantissa(of: field.number, new, layout) {
                let exponent = unsafe field.exponent(in: new)
                unsafe new.storeBytes(of: 1, toByteOffset: Int(field.quantifier), as: Int32.self)
                unsafe new.storeBytes(of: exponent, toByteOffset: Int(field.offset), as: Int32.self)
            } else {
                unsafe field.clear(in: new)
            }
        }
        return isChanged
    }

    private static func hasMantissa(
        of exponent: UInt32, _ memory: UnsafeRawPointer, _ layout: UnsafePointer<MessageLayout>
    ) -> Bool {
        for index in unsafe 0..<layout.pointee.fieldCount {
            let entry = unsafe UnsafePointer(layout.pointee.fields + index)
            guard unsafe entry.pointee.isDecimal else { continue }
            guard unsafe entry.pointee.exponent.number == exponent else { continue }
            if unsafe entry.pointee.layout.isPresent(in: memory) { return true }
        }
        return false
    }

    /// Whether a field of `new`, which is present, says the same in `old`. A nested message is
    /// reduced on the way.
    private static func isUnchanged(
        _ entry: UnsafePointer<FieldEntry>, _ new: UnsafeMutableRawPointer,
        _ old: UnsafeRawPointer
    ) -> Bool {
        let field = unsafe entry.pointee.layout
        guard unsafe field.isPresent(in: old) else { return false }
        if unsafe entry.pointee.isDecimal {
            let exponent = unsafe entry.pointee.exponent
            if unsafe exponent.exponent(in: new) != exponent.exponent(in: old) { return false }
        }
        if field.kind == .message, field.presence != .repeated,
            let nested = unsafe entry.pointee.nested, unsafe !nested.pointee.isColumns
        {
            let mine = unsafe new.load(
                fromByteOffset: Int(field.offset), as: UnsafeMutableRawPointer.self)
            let theirs = unsafe old.load(
                fromByteOffset: Int(field.offset), as: UnsafeRawPointer.self)
            return unsafe !removeUnchanged(from: mine, since: theirs, nested)
        }
        return unsafe isEqual(entry, new, old)
    }

    /// Whether a field is present in both or neither, with equal values.
    private static func isEqual(
        _ entry: UnsafePointer<FieldEntry>, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
    ) -> Bool {
        let field = unsafe entry.pointee.layout
        let isPresent = unsafe field.isPresent(in: left)
        guard unsafe isPresent == field.isPresent(in: right) else { return false }
        if !isPresent { return true }
        let offset = Int(field.offset)
        guard field.presence == .repeated else {
            return unsafe isEqualValue(entry, left + offset, right + offset)
        }
        let (count, mine) = unsafe field.elements(in: left)
        let (theirCount, theirs) = unsafe field.elements(in: right)
        guard count == theirCount else { return false }
        let width = field.kind.width
        if field.kind < .text { return unsafe isEqualBytes(mine, theirs, count * width) }
        return (0..<count).allSatisfy {
            unsafe isEqualValue(entry, mine + $0 * width, theirs + $0 * width)
        }
    }

    private static func isEqualValue(
        _ entry: UnsafePointer<FieldEntry>, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
    ) -> Bool {
        let kind = unsafe entry.pointee.layout.kind
        switch kind {
        case .text:
            let mine = unsafe left.load(as: UnsafePointer<CChar>.self)
            let theirs = unsafe right.load(as: UnsafePointer<CChar>.self)
            let count = unsafe ProtobufEncoder.length(mine)
            guard unsafe count == ProtobufEncoder.length(theirs) else { return false }
            return unsafe isEqualBytes(mine, theirs, count)
        case .bytes:
            let count = unsafe left.load(as: Int.self)
            guard unsafe count == right.load(as: Int.self) else { return false }
            let mine = unsafe left.load(fromByteOffset: 8, as: UnsafeRawPointer?.self)
            let theirs = unsafe right.load(fromByteOffset: 8, as: UnsafeRawPointer?.self)
            guard let mine = unsafe mine, let theirs = unsafe theirs else { return count == 0 }
            return unsafe isEqualBytes(mine, theirs, count)
        case .message:
            guard let nested = unsafe entry.pointee.nested else { return false }
            let mine = unsafe left.load(as: UnsafeRawPointer.self)
            let theirs = unsafe right.load(as: UnsafeRawPointer.self)
            return unsafe (0..<nested.pointee.fieldCount).allSatisfy {
                unsafe isEqual(nested.pointee.fields + $0, mine, theirs)
            }
        default:
            if kind.width == 8 {
                return unsafe left.load(as: UInt64.self) == right.load(as: UInt64.self)
            }
            return unsafe left.load(as: UInt32.self) == right.load(as: UInt32.self)
        }
    }

    private static func isEqualBytes(
        _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int
    ) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            let mine = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let theirs = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if mine != theirs { return false }
            offset &+= 8
        }
        while offset < count {
            let mine = unsafe left.load(fromByteOffset: offset, as: UInt8.self)
            if unsafe mine != right.load(fromByteOffset: offset, as: UInt8.self) { return false }
            offset &+= 1
        }
        return true
    }
}

extension FieldLayout {
    /// Makes the field absent.
    func clear(in memory: UnsafeMutableRawPointer) {
        switch presence {
        case .flag, .oneof:
            unsafe memory.storeBytes(of: 0, toByteOffset: Int(quantifier), as: Int32.self)
        case .repeated: unsafe memory.storeBytes(of: 0, toByteOffset: Int(quantifier), as: Int.self)
        case .pointer: unsafe memory.storeBytes(of: 0, toByteOffset: Int(offset), as: Int.self)
        case .value where kind.width == 4:
            unsafe memory.storeBytes(of: 0, toByteOffset: Int(offset), as: Int32.self)
        case .value: unsafe memory.storeBytes(of: 0, toByteOffset: Int(offset), as: Int.self)
        }
    }
}
