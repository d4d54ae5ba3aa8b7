extension Decoder {
    /// A key that is misspelt would be a default nobody wanted.
    func refuseUnknownKeys(_ allowed: [String]) throws {
        for key in try container(keyedBy: AnyKey.self).allKeys
        where !allowed.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "unknown key; allowed: \(allowed.joined(separator: ", "))"))
        }
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
