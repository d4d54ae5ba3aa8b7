internal import Base

/// One call of a connection. Subclasses know what its messages mean.
class LoadCall {
    let path: StaticString
    private(set) var number: UInt32 = 0
    private(set) weak var connection: LoadConnection?
    private var messages = MessageReader()
    private var unreturned = 0

    init(path: StaticString) { self.path = path }

    func begin(as number: UInt32, on connection: LoadConnection) {
        (self.number, self.connection) = (number, connection)
        (messages, unreturned) = (MessageReader(), 0)
    }

    /// A whole message; it arrived at `now`, nanoseconds since 1970.
    func received(_ message: RawSpan, at now: UInt64) {}

    /// The server ended the call, well or not.
    func ended() {}

    /// A message that no client asked for or that cannot be read.
    func failed() {}

    final func read(_ piece: RawSpan, _ now: UInt64) {
        unreturned += piece.byteCount
        if !messages.read(piece, { received($0, at: now) }) { failed() }
    }

    /// The increment of a WINDOW_UPDATE, when half of the stream's window is used.
    final func windowToReturn(_ window: Int) -> Int? {
        guard unreturned * 2 > window else { return nil }
        defer { unreturned = 0 }
        return unreturned
    }
}
