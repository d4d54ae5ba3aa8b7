/// What the peer said; its payload travels beside it and lives only during the call.
package enum WebSocketEvent: Equatable, Sendable {
    /// A whole message of well-formed UTF-8.
    case text
    /// A whole message.
    case binary
    /// At most 125 bytes. Answered already, unless the machine leaves pings to its owner.
    case ping
    case pong
    /// The peer closes, or answers our close; the payload is the reason, UTF-8. No code: 1005.
    /// Answered already; the server closes the connection after its flush, the client waits for
    /// the server to do so. Nothing follows.
    case close(code: UInt16?)
}
