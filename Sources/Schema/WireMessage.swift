package import Base
internal import CProtobufC

/// A Swift value that mirrors one message of Protos/. It owns its memory, so no code outside this
/// module touches the C structs that are the layout on the way to and from the wire.
package protocol WireMessage: Equatable, Sendable {
    static var table: MessageTable { get }

    /// Writes every field that is set.
    func write(to record: Record)

    /// Reads every field.
    init(_ record: Record)

    /// Writes every field, lending large arrays instead of copying them, and calls `body` while
    /// they are lent.
    func withWritten(to record: Record, _ body: () -> Void)
}

extension WireMessage {
    @inline(__always)
    package func withWritten(to record: Record, _ body: () -> Void) {
        write(to: record)
        body()
    }

    /// Appends the message. Allocates nothing but room in `output`.
    package func encode(_ codec: Codec, into output: OutputBuffer) {
        append(codec, isFramed: false, to: output)
    }

    /// Appends gRPC's 5-byte prefix (0: not compressed; length, most significant byte first) and
    /// the message.
    package func encodeFramed(_ codec: Codec, into output: OutputBuffer) {
        append(codec, isFramed: true, to: output)
    }

    @inline(__always)
    func append(_ codec: Codec, isFramed: Bool, to output: OutputBuffer) {
        Arena.withRecord(of: Self.table) { record in
            withWritten(to: record) {
                var writer = Writer(output)
                if isFramed { writer.skip(5) }
                record.encode(codec, &writer)
                if isFramed { writer.patchPrefix() }
                writer.finish()
            }
        }
    }

    /// The encoded message as an array of its own.
    package func encoded(_ codec: Codec) -> [UInt8] {
        let output = OutputBuffer()
        encode(codec, into: output)
        return output.copyBytes()
    }

    /// Decodes a whole message; throws if the bytes are anything else. Unknown fields are ignored.
    package init(decoding bytes: RawSpan, _ codec: Codec) throws(SchemaError) {
        switch codec {
        case .protobuf: self = try Self.decodeProtobuf(bytes)
        case .messagePack: self = try Self.decodeMessagePack(bytes)
        case .json: throw .notDecodable
        }
    }
}
