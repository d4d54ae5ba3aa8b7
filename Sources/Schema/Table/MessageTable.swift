package import Base
internal import CProtobufC

/// The compiled description of one message type, which drives every codec, the field delta and
/// privacy. A handle to memory that is written once, when its `TableSet` is compiled, and lives as
/// long as the process.
@safe package struct MessageTable: @unchecked Sendable {
    // Sendable because the memory behind it is never written again.
    let layout: UnsafePointer<MessageLayout>

    init(_ layout: UnsafePointer<MessageLayout>) { unsafe self.layout = layout }

    /// Full name: "penstock.v1.Update".
    package var name: String { unsafe layout.pointee.name }

    /// Numbers of the fields that leave the process, ascending.
    package var publicNumbers: [UInt32] {
        unsafe (0..<layout.pointee.fieldCount).map {
            unsafe layout.pointee.fields[$0].layout.number
        }
    }

    /// Bytes of the C struct.
    package var size: Int { unsafe layout.pointee.size }

    /// Whether two types have the same fields at the same places, under whatever name.
    package func isLaidOut(like other: MessageTable) -> Bool {
        let (left, right) = unsafe (layout.pointee, other.layout.pointee)
        guard unsafe left.size == right.size, unsafe left.layoutCount == right.layoutCount else {
            return false
        }
        for number in unsafe 0..<left.layoutCount {
            let (mine, theirs) = unsafe (left.layouts[number], right.layouts[number])
            guard mine.exists == theirs.exists, mine.offset == theirs.offset,
                mine.quantifier == theirs.quantifier, mine.kind == theirs.kind,
                mine.presence == theirs.presence
            else { return false }
        }
        return true
    }

    /// Appends the C struct at `message`, which must be of this type. Mirrors use it; so does
    /// whoever fills the generated structs.
    package func encode(
        _ message: UnsafeMutableRawPointer, _ codec: Codec, into output: OutputBuffer
    ) {
        var writer = Writer(output)
        unsafe Record(reading: message, layout).encode(codec, &writer)
        writer.finish()
    }

    /// Reads protobuf and appends the public fields of it. Unknown fields are dropped.
    package func reencode(
        protobuf bytes: RawSpan, _ codec: Codec, into output: OutputBuffer
    ) throws(SchemaError) {
        let isDone: Void? = unsafe ProtobufDecoder.withUnpacked(bytes, layout) { record in
            unsafe encode(record.memory, codec, into: output)
        }
        if isDone == nil { throw .malformedProtobuf(message: name) }
    }
}
