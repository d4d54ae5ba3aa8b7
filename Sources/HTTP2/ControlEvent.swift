/// What the library reported while it was fed or drained; streams by number.
enum ControlEvent {
    case headers(UInt32, [HTTP2Field], opensStream: Bool, isTooLarge: Bool)
    case data(UInt32, Range<Int>)
    case ended(UInt32)
    case closed(UInt32, UInt32)
    case initialWindow(Int64)
    /// The library refused to send a header block, which would leave the stream open for ever.
    case headersNotSent(UInt32)
    case goAway(UInt32, UInt32)
    case pong(UInt64)
}
