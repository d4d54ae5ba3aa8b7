internal import CMsgpack

extension WireMessage {
    /// Decodes with msgpack-c, then lays the value out by the table. Unknown numbers are ignored.
    static func decodeMessagePack(_ bytes: RawSpan) throws(SchemaError) -> Self {
        guard MessagePackScanner.isWellFormed(bytes) else {
            throw .malformedMessagePack(message: table.name)
        }
        let result: Result<Self, SchemaError> = unsafe bytes.withUnsafeBytes { bytes in
            var unpacked = unsafe msgpack_unpacked()
            unsafe msgpack_unpacked_init(&unpacked)
            defer { unsafe msgpack_unpacked_destroy(&unpacked) }
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let end = unsafe msgpack_unpack_next(&unpacked, start, bytes.count, nil)
            guard end == MSGPACK_UNPACK_SUCCESS else {
                return .failure(.malformedMessagePack(message: table.name))
            }
            return Arena.withRecord(of: table) { record in
                do throws(SchemaError) {
                    unsafe try MessagePackLayout.fill(record, from: unpacked.data)
                    return .success(Self(record))
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }
}
