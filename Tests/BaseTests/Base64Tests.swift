import Base
import Testing

@Suite struct Base64Tests {
    // RFC 4648 §10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 hold both ways`(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8), padding: false) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let padding = String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        #expect(Base64.decode(encoded + padding) == Array(plain.utf8))
        #expect(Base64.encode(Array(plain.utf8), padding: true) == encoded + padding)
    }

    @Test func `every byte survives`() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(bytes, padding: false)) == bytes)
    }

    @Test(arguments: ["A", "Zm9v!", "Zg==Zg", "Zg===", "Z g", "=", "Zg=", "Zm9v="])
    func `broken text is refused`(text: String) { #expect(Base64.decode(text) == nil) }
}
