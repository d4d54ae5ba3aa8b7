/// Numbers of channels, servers and sockets: positive, unlike any other of the process, never used
/// again. Confined to the server's loop.
final class ChannelzIdentifiers {
    private var last: Int64 = 0

    func next() -> Int64 {
        last += 1
        return last
    }
}
