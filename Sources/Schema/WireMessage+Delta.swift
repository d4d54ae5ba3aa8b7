package import Base

extension WireMessage {
    /// The fields of this message that differ from `old`, as `Delta` has it; nil when none does.
    /// Fields that `old` has and this message has not cannot be told and are left out.
    package func delta(since old: Self) -> Self? {
        difference(since: old)
    }

    /// Appends the delta since `old`. Gives false, and appends nothing, when nothing differs.
    package func encodeDelta(
        since old: Self, _ codec: Codec, into output: OutputBuffer
    ) -> Bool {
        appendDifference(since: old, codec, to: output)
    }

    @inline(__always)
    func difference(since old: Self) -> Self? {
        withDelta(since: old) { record in record.map { Self($0) } }
    }

    @inline(__always)
    func appendDifference(since old: Self, _ codec: Codec, to output: OutputBuffer) -> Bool {
        withDelta(since: old) { record in
            guard let record else { return false }
            var writer = Writer(output)
            record.encode(codec, &writer)
            writer.finish()
            return true
        }
    }

    /// Calls `body` with the record of what differs, or nil.
    @inline(__always)
    private func withDelta<Result>(since old: Self, _ body: (Record?) -> Result) -> Result {
        let layout = unsafe Self.table.layout
        return Arena.withRecord(of: Self.table) { new in
            var result: Result?
            let before = unsafe new.make(layout)
            withWritten(to: new) {
                old.withWritten(to: before) {
                    let isChanged = unsafe Delta.removeUnchanged(
                        from: new.memory, since: before.memory, layout)
                    result = body(isChanged ? new : nil)
                }
            }
            guard let result else { preconditionFailure("a message wrote itself without a word") }
            return result
        }
    }
}
