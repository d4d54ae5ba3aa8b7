/// Writing large values without copying them: lent for the time of a call.
extension Record {
    @inline(__always)
    func withLent(_ number: Int, _ values: [Int64], _ body: () -> Void) {
        let field = field(number) { $0.width == 8 && $0 < .text }
        unsafe values.withUnsafeBytes { bytes in
            unsafe setElements(field, bytes, values.count)
            body()
        }
    }

    @inline(__always)
    func withLent(_ number: Int, _ data: [UInt8], _ body: () -> Void) {
        unsafe data.withUnsafeBytes { bytes in
            unsafe setBytes(number, bytes)
            body()
        }
    }

    /// A nested message that lends its own large values.
    @inline(__always)
    func withNested<Message: WireMessage>(
        _ number: Int, _ message: Message?, _ body: () -> Void
    ) {
        guard let message else { return body() }
        message.withWritten(to: addNested(number), body)
    }

    /// An empty message in field `number`.
    @inline(__always)
    func addNested(_ number: Int) -> Record {
        let field = field(number) { $0 == .message }
        mark(field)
        let record = unsafe make(nestedLayout(number))
        unsafe (memory + Int(field.offset)).storeBytes(
            of: record.memory, as: UnsafeMutableRawPointer.self)
        return record
    }
}
