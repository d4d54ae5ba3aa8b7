internal import CProtobufC

extension WireMessage {
    /// Decodes with protobuf-c, which checks every length and wire type.
    static func decodeProtobuf(_ bytes: RawSpan) throws(SchemaError) -> Self {
        let layout = unsafe table.layout
        let message: Self? = unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let unpacked = unsafe protobuf_c_message_unpack(
                layout.pointee.descriptor, nil, bytes.count, data)
            guard let unpacked = unsafe unpacked else { return nil }
            defer { unsafe protobuf_c_message_free_unpacked(unpacked, nil) }
            return unsafe Self(Record(reading: UnsafeMutableRawPointer(unpacked), layout))
        }
        guard let message else { throw .malformedProtobuf(message: table.name) }
        return message
    }
}
