import Base
import Schema

/// What was decoded once is encoded and decoded again to the same message, in both codecs.
enum MessageTarget {
    /// The first byte chooses the request.
    static func run(_ input: RawSpan, _ codec: Codec) {
        guard input.byteCount > 0 else { return }
        let message = input.extracting(1..<input.byteCount)
        switch input.byte(0) % 5 {
        case 0: check(SubscribeRequest.self, message, codec)
        case 1: check(GetSnapshotRequest.self, message, codec)
        case 2: check(HealthCheckRequest.self, message, codec)
        case 3: check(ServerReflectionRequest.self, message, codec)
        default: check(Update.self, message, codec)
        }
    }

    private static func check<Message: WireMessage>(
        _ type: Message.Type, _ bytes: RawSpan, _ codec: Codec
    ) {
        guard let message = try? Message(decoding: bytes, codec) else { return }
        let again = message.encoded(codec)
        let second = again.withRawSpan { try? Message(decoding: $0, codec) }
        precondition(second == message, "\(type) changed on its way out and in")
    }
}
