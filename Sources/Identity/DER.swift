/// The few forms of X.690 that public keys and ECDSA signatures are written in. Writes only: what
/// is read is left to OpenSSL.
enum DER {
    static func sequence(_ contents: [UInt8]...) -> [UInt8] {
        element(0x30, contents.flatMap { $0 })
    }

    /// An unsigned number, most significant byte first, of any length.
    static func integer(_ bigEndian: some Sequence<UInt8>) -> [UInt8] {
        var bytes = Array(bigEndian.drop { $0 == 0 })
        if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
        return element(0x02, bytes)
    }

    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    static let null: [UInt8] = [0x05, 0]

    // Object identifiers, with their tag and length.
    static let rsaEncryption: [UInt8] = [  // 1.2.840.113549.1.1.1
        0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1,
    ]
    static let ellipticCurveKey: [UInt8] = [  // 1.2.840.10045.2.1
        0x06, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1,
    ]
    static let p256: [UInt8] = [  // 1.2.840.10045.3.1.7
        0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7,
    ]
    static let ed25519: [UInt8] = [0x06, 3, 0x2B, 0x65, 0x70]  // 1.3.101.112

    private static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        let count = contents.count
        precondition(count < 0x1_0000, "DER element of \(count) bytes")
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
            }
        return [tag] + length + contents
    }
}
