/// What one HTTP/1.1 peer may make us hold.
package struct HTTP1Limits: Equatable, Sendable {
    /// Start line and header fields together, in bytes; what common servers allow.
    package var headBytesMax: Int
    /// Number of header fields of one message.
    package var headerCountMax: Int
    /// Decoded body of one message, in bytes.
    package var bodyBytesMax: Int

    package init(
        headBytesMax: Int = 16384, headerCountMax: Int = 100, bodyBytesMax: Int = 1 << 20
    ) {
        precondition(headBytesMax > 0 && headerCountMax >= 0 && bodyBytesMax >= 0)
        self.headBytesMax = headBytesMax
        self.headerCountMax = headerCountMax
        self.bodyBytesMax = bodyBytesMax
    }
}
