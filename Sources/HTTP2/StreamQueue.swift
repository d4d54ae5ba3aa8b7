internal import Base

/// What a stream has accepted and windows or output did not take yet.
final class StreamQueue {
    private(set) var bytes: [UInt8] = []
    private var start = 0
    /// Sent after the bytes; nil: END_STREAM goes on the last DATA frame.
    var trailers: [HTTP2Field]?

    var count: Int { bytes.count - start }

    func append(_ more: RawSpan) {
        // A queue that never runs empty must not keep what has already left.
        if start > bytes.count / 2 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        bytes.append(more)
    }

    /// The first `size` bytes, and forgets them.
    func take(_ size: Int, _ body: (RawSpan) -> Void) {
        bytes.withRawSpan { body($0.extracting(start..<start + size)) }
        start += size
    }
}
