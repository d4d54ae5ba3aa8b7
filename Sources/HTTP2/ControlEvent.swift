/// What the library reported while it was fed or drained; streams by number.
enum ControlEvent {
    case headers(UInt32, [HTTP2Field], opensStream: Bool, isTooLarge: Bool)
    case data(UInt32, Range<Int>)
    case ended(UInt32)
    case closed(UInt32, UInt32)
    /// The peer sent RST_STREAM; `closed` follows if the library knows the stream.
    case peerReset(UInt32, UInt32)
    case initialWindow(Int64)
    /// The library refused to send a header block, which would leave the stream open for ever.
    case headersNotSent(UInt32)
    case goAway(UInt32, UInt32)
    case pong(UInt64)
    /// DATA without a byte that does not end its stream.
    case emptyData
    /// A stream error made the library send RST_STREAM.
    case provokedReset
    /// A header list far beyond our limit.
    case endlessHeaders
}
