internal import Base
package import Schema

/// The token's bytes: a version, a check value of four bytes, and the message in protobuf.
///
/// A token is a client's memory, not a credential: it is believed no more than the requests it
/// stands for. The check value only finds tokens that were cut or garbled on the way.
extension ResumeToken {
    private static let version: UInt8 = 1
    private static let headBytes = 5

    /// Nil: more than `bytesMax`.
    package func bytes(bytesMax: Int) -> [UInt8]? {
        let body = encoded(.protobuf)
        guard body.count + Self.headBytes <= bytesMax else { return nil }
        let check = Self.check(body)
        return [Self.version] + (0..<4).map { UInt8(truncatingIfNeeded: check >> ($0 * 8)) } + body
    }

    package init(bytes: [UInt8]) throws(Refusal) {
        guard bytes.count >= Self.headBytes, bytes[0] == Self.version else {
            throw Refusal(.invalid, "no resume token of this version", field: "resume_token")
        }
        let body = Array(bytes[Self.headBytes...])
        let check = Self.check(body)
        let isIntact = (0..<4).allSatisfy {
            bytes[1 + $0] == UInt8(truncatingIfNeeded: check >> ($0 * 8))
        }
        let token = body.withRawSpan { try? Self(decoding: $0, .protobuf) }
        guard isIntact, let token else {
            throw Refusal(.invalid, "the resume token is damaged", field: "resume_token")
        }
        self = token
    }

    /// FNV-1a, 32 bits.
    private static func check(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
