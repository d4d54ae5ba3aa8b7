/// Finds where a value lies in well-formed JSON text, so that it can be repeated byte for byte.
package enum JSONMemberRange {
    /// The bytes of the value of `key` in the object at the top; nil when there is no such key.
    package static func value(of key: String, in bytes: [UInt8]) -> Range<Int>? {
        let wanted = Array(key.utf8)
        var place = skipSpace(bytes, 0)
        guard place < bytes.count, bytes[place] == UInt8(ascii: "{") else { return nil }
        place += 1
        while true {
            place = skipSpace(bytes, place)
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
            let keyEnd = skipValue(bytes, place)
            let name = bytes[place + 1..<max(place + 1, keyEnd - 1)]
            place = skipSpace(bytes, keyEnd)
            guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { return nil }
            place = skipSpace(bytes, place + 1)
            let end = skipValue(bytes, place)
            if name.elementsEqual(wanted) { return place..<end }
            place = skipSpace(bytes, end)
            guard place < bytes.count, bytes[place] == UInt8(ascii: ",") else { return nil }
            place += 1
        }
    }

    private static func skipSpace(_ bytes: [UInt8], _ start: Int) -> Int {
        var place = start
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        return place
    }

    /// The place behind the value that begins at `start`.
    private static func skipValue(_ bytes: [UInt8], _ start: Int) -> Int {
        var place = start
        var depth = 0
        var inString = false
        while place < bytes.count {
            let byte = bytes[place]
            if inString {
                if byte == UInt8(ascii: "\\") { place += 1 }
                if byte == UInt8(ascii: "\"") {
                    inString = false
                    if depth == 0 { return place + 1 }
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): inString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return place }
                    depth -= 1
                    if depth == 0 { return place + 1 }
                case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                    if depth == 0 { return place }
                default: break
                }
            }
            place += 1
        }
        return bytes.count
    }
}
