internal import CLinux

/// A connection that a listener has taken and that is on no loop yet: whoever gets it opens it on
/// some loop, or closes it, once.
package struct AcceptedSocket: Sendable {
    private let descriptor: Int32
    package let peer: SocketAddress

    init(_ descriptor: Int32, peer: SocketAddress) {
        (self.descriptor, self.peer) = (descriptor, peer)
    }

    /// Makes it a stream of the loop whose thread this is. One that the loop cannot watch is
    /// closed.
    package func open(on loop: EventLoop) throws(SystemError) -> ByteStream {
        do throws(SystemError) {
            return try ByteStream(accepted: descriptor, peer: peer, on: loop)
        } catch {
            close()
            throw error
        }
    }

    package func close() { clinux_close(descriptor) }
}
