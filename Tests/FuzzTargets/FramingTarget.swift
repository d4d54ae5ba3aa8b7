import Base
import GRPC

/// However a stream of bytes is cut, the same messages come out, or the same error.
enum FramingTarget {
    private static let messageBytesMax = 4096

    /// The first byte is the length of the pieces of the second reading.
    static func run(_ input: RawSpan) {
        guard input.byteCount > 1 else { return }
        let bytes = input.extracting(1..<input.byteCount).copyBytes()
        let whole = read(bytes, stride: bytes.count)
        let cut = read(bytes, stride: Int(input.byte(0)) % 32 + 1)
        precondition(whole.messages == cut.messages, "messages depend on how reads are cut")
        precondition(whole.error == cut.error, "\(String(describing: whole.error)) depends on cuts")
    }

    private static func read(
        _ bytes: [UInt8], stride: Int
    ) -> (messages: [[UInt8]], error: MessageDeframerError?) {
        let gzip = Gzip()
        var deframer = MessageDeframer(messageBytesMax: messageBytesMax)
        var messages: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + stride)])
            start += piece.count
            do throws(MessageDeframerError) {
                try piece.withRawSpan { span throws(MessageDeframerError) in
                    try deframer.receive(span, gzip: gzip) { message, _ in
                        precondition(message.byteCount <= messageBytesMax, "above the limit")
                        messages.append(message.copyBytes())
                    }
                }
            } catch {
                return (messages, error)
            }
            precondition(deframer.partialBytes <= messageBytesMax + 5, "holds too much")
        }
        return (messages, nil)
    }
}
