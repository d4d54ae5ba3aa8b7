extension FieldLayout {
    /// The value of an exponent field; absent means 0.
    @inline(__always)
    func exponent(in memory: UnsafeRawPointer) -> Int32 {
        let isSet = unsafe memory.load(fromByteOffset: Int(quantifier), as: Int32.self) != 0
        return unsafe isSet ? memory.load(fromByteOffset: Int(offset), as: Int32.self) : 0
    }

    /// Count and place of a repeated field; the place means nothing if the count is 0.
    @inline(__always)
    func elements(in memory: UnsafeRawPointer) -> (Int, UnsafeRawPointer) {
        let count = unsafe memory.load(fromByteOffset: Int(quantifier), as: Int.self)
        let base = unsafe memory.load(fromByteOffset: Int(offset), as: UnsafeRawPointer?.self)
        return unsafe (count, base ?? memory)
    }
}

extension MessageLayout {
    /// Rows and columns of a table of columns. Rows that are not complete do not count.
    func rowsAndColumns(in memory: UnsafeRawPointer) -> (rows: Int, columns: Int) {
        var (rows, columns) = (Int.max, 0)
        for index in unsafe 0..<fieldCount {
            let field = unsafe fields[index].layout
            guard field.presence == .repeated else { continue }
            columns += 1
            rows = unsafe min(rows, field.elements(in: memory).0)
        }
        return (columns == 0 ? 0 : rows, columns)
    }
}
