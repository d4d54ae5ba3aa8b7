/// Keys that nobody reads are mistakes, not extensions.
extension Decoder {
    /// A container in which every key is one of `Key`'s.
    func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let allowed = Key.allCases.map(\.stringValue)
        for key in try container(keyedBy: AnyKey.self).allKeys
        where !allowed.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "unknown key; allowed: \(allowed.joined(separator: ", "))"))
        }
        return try container(keyedBy: type)
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
