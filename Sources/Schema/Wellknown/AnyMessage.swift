internal import Base

/// google.protobuf.Any: a message of any type, with its name.
package struct AnyMessage: Equatable, Sendable {
    private static let prefix = "type.googleapis.com/"

    /// "type.googleapis.com/" and the full name of the message.
    package var typeURL: String?
    /// The message in protobuf, whatever codec is around it.
    package var value: [UInt8]?

    package init(typeURL: String? = nil, value: [UInt8]? = nil) {
        self.typeURL = typeURL
        self.value = value
    }

    /// Wraps a message.
    package init<Message: WireMessage>(_ message: Message) {
        self.init(typeURL: Self.prefix + Message.table.name, value: message.encoded(.protobuf))
    }

    /// The message inside; nil when it is of another type. Throws when its bytes are no message.
    package func unwrap<Message: WireMessage>(
        as type: Message.Type
    ) throws(SchemaError) -> Message? {
        guard typeURL == Self.prefix + Message.table.name else { return nil }
        return try (value ?? []).withRawSpan { bytes throws(SchemaError) in
            try Message(decoding: bytes, .protobuf)
        }
    }
}

extension AnyMessage: WireMessage {
    package static let table = TableSet.shared["google.protobuf.Any"]

    package func write(to record: Record) {
        record.set(1, typeURL)
        record.set(2, value)
    }

    package init(_ record: Record) {
        typeURL = record.get(1)
        value = record.get(2)
    }
}
