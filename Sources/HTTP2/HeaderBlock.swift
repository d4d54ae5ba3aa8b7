/// Collects the fields of one header block. Requests of one client look alike, so a field that
/// equals the one in the same place of the block before it is taken from there, and a block that
/// repeats it altogether gives the very same array: no text is made, and comparing the two is O(1).
struct HeaderBlock {
    /// Of a block that is remembered, counted as SETTINGS_MAX_HEADER_LIST_SIZE counts them: enough
    /// for a usual request, little beside what a connection holds anyway.
    static let rememberedBytesMax = 1024

    private var remembered: [HTTP2Field] = []
    /// Empty while `repeated` counts.
    private var fields: [HTTP2Field] = []
    /// So many fields of the remembered block have come again, and nothing else.
    private var repeated = 0
    private var isRepeating = true
    /// Counted as the peer's SETTINGS_MAX_HEADER_LIST_SIZE counts them.
    private(set) var bytes = 0

    mutating func begin() {
        fields = []
        repeated = 0
        isRepeating = true
        bytes = 0
    }

    /// Counts a field; `bytes` is what to hold against the limits before it is appended.
    mutating func count(nameBytes: Int, valueBytes: Int) { bytes += nameBytes + valueBytes + 32 }

    mutating func append(
        name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
    ) {
        let index = isRepeating ? repeated : fields.count
        let isKnown =
            unsafe index < remembered.count && Self.isSame(remembered[index].name, name)
            && Self.isSame(remembered[index].value, value)
        if isKnown && isRepeating {
            repeated += 1
            return
        }
        if isRepeating {
            isRepeating = false
            fields = Array(remembered[..<repeated])
        }
        if isKnown {
            fields.append(remembered[index])
        } else {
            unsafe fields.append(
                HTTP2Field(
                    String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
    }

    /// The fields of the block, which is over; `isRemembered`: the next one may repeat it.
    mutating func end(isRemembered: Bool) -> [HTTP2Field] {
        defer { begin() }
        if isRepeating && repeated == remembered.count { return remembered }
        let all = isRepeating ? Array(remembered[..<repeated]) : fields
        if isRemembered && bytes <= Self.rememberedBytesMax { remembered = all }
        return all
    }

    private static func isSame(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        return unsafe text.utf8.withContiguousStorageIfAvailable { known in
            unsafe known.elementsEqual(bytes)
        } ?? false
    }
}
