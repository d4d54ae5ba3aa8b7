/// One connection between a client and the server: a pipe each way.
final class Link {
    let up: Pipe
    let down: Pipe
    /// Takes everything there is room for at once, and always delivers it.
    let isSmooth: Bool
    /// The server closed its socket.
    var isClosedByServer = false

    /// Something had to wait in the server for room.
    var hasWaited = false

    init(capacity: Int, isSmooth: Bool) {
        up = Pipe(capacity: capacity)
        down = Pipe(capacity: capacity)
        self.isSmooth = isSmooth
    }

    /// The client is gone. Some of what it sent may still arrive; nothing that was sent to it will.
    func cut(keeping size: Int) {
        up.cut(keeping: size)
        down.cut(keeping: 0)
    }
}
