/// What a WebSocket peer may make us hold.
package struct WebSocketLimits: Equatable, Sendable {
    /// Payload of one message, all its fragments together; Binance sends up to 4 MiB.
    package var messageBytesMax: Int

    package init(messageBytesMax: Int = 1 << 20) {
        // Below 126 a limit would refuse control frames that RFC 6455 promises to carry.
        precondition(messageBytesMax >= 125)
        self.messageBytesMax = messageBytesMax
    }
}
