package import Schema

/// A message of `grpc.testing`, as grpc's interop tests exchange them
/// (grpc/doc/interop-test-descriptions.md). Only the fields that those tests use.
package protocol InteropMessage: Equatable, Sendable {
    init()
    mutating func read(_ field: UInt32, _ value: WireReader.Value)
    func write(to writer: inout WireWriter)
}

extension InteropMessage {
    package init(decoding bytes: some Sequence<UInt8>) {
        self.init()
        var reader = WireReader(Array(bytes)[...])
        while let (field, value) = reader.next() { read(field, value) }
    }

    package var encoded: [UInt8] {
        var writer = WireWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension WireReader.Value {
    package var int: Int { Int(truncatingIfNeeded: number) }

    package func message<Message: InteropMessage>() -> Message { Message(decoding: bytes) }
}
