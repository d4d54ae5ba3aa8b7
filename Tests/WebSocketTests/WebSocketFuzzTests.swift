import Base
import Testing
import WebSocket

/// Bytes nobody agreed to send: whatever comes, the machine answers with events or one typed error,
/// the same ones however the bytes are cut.
@Suite struct WebSocketFuzzTests {
    private func outcome(
        _ role: WebSocketRole, _ bytes: [UInt8], piece size: Int
    ) -> ([End.Delivery], WebSocketError?, [UInt8]) {
        var end = End(role, messageBytesMax: 300)
        var failure: WebSocketError?
        do throws(WebSocketError) {
            try end.receive(bytes, piece: size)
        } catch {
            failure = error
        }
        let written = end.written()
        return (end.delivered, failure, role == .client ? [] : written)
    }

    @Test(arguments: [WebSocketRole.client, .server])
    func `random bytes have one outcome in pieces of any size`(role: WebSocketRole) {
        var random = SeededRandom(seed: 99)
        for _ in 0..<400 {
            let bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let whole = outcome(role, bytes, piece: .max)
            for size in [1, 2, 3, 7] {
                let cut = outcome(role, bytes, piece: size)
                #expect(cut.0 == whole.0 && cut.1 == whole.1 && cut.2 == whole.2)
            }
        }
    }

    @Test(arguments: [WebSocketRole.client, .server])
    func `a session with a flipped bit has one outcome in pieces of any size`(role: WebSocketRole) {
        let mask: UInt32? = role == .server ? 0x0102_0304 : nil
        let session =
            frame(.text, "first", mask: mask) + frame(.text, "a", isFinal: false, mask: mask)
            + frame(.ping, "?", mask: mask) + frame(.continuation, "b", mask: mask)
            + frame(.binary, [UInt8](repeating: 7, count: 200), mask: mask)
            + closeFrame(1000, mask: mask)
        for bit in 0..<(session.count * 8) {
            var bytes = session
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let whole = outcome(role, bytes, piece: .max)
            for size in [1, 5] {
                let cut = outcome(role, bytes, piece: size)
                #expect(cut.0 == whole.0 && cut.1 == whole.1 && cut.2 == whole.2, "bit \(bit)")
            }
        }
    }
}
