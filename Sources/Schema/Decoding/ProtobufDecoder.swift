internal import CProtobufC

/// Decodes with protobuf-c, which checks every length and wire type.
enum ProtobufDecoder {
    /// Calls `body` with the message in the bytes, gone afterwards; nil if they are no message of
    /// this type.
    static func withUnpacked<Result>(
        _ bytes: RawSpan, _ layout: UnsafePointer<MessageLayout>, _ body: (Record) -> Result
    ) -> Result? {
        unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let unpacked = unsafe protobuf_c_message_unpack(
                layout.pointee.descriptor, nil, bytes.count, data)
            guard let unpacked = unsafe unpacked else { return nil }
            defer { unsafe protobuf_c_message_free_unpacked(unpacked, nil) }
            return unsafe body(Record(reading: UnsafeMutableRawPointer(unpacked), layout))
        }
    }
}

extension WireMessage {
    static func decodeProtobuf(_ bytes: RawSpan) throws(SchemaError) -> Self {
        let message = unsafe ProtobufDecoder.withUnpacked(bytes, table.layout) { Self($0) }
        guard let message else { throw .malformedProtobuf(message: table.name) }
        return message
    }
}
