internal import Base
internal import CLinux

/// A listening TCP socket on a loop. Every connection becomes an open stream, whose delegate
/// `accept` sets before it returns. When the process runs out of descriptors, accepting pauses for
/// a moment instead of spinning; the kernel keeps the waiting connections.
package final class Listener: EventHandler {
    package let loop: EventLoop
    /// Where it listens, with the port the system chose if it was asked for port 0.
    package let boundAddress: SocketAddress

    private var socket: Int32
    private var token: WatchToken?
    private let accept: (ByteStream) -> Void
    private var lastWarning: Instant?

    /// Connections taken in one turn, so that a storm of them does not starve the open ones.
    private static let acceptsMax = 64
    private static let backlog: Int32 = 4096
    private static let pause = Duration.milliseconds(100)
    private static let log = Log("listener")

    /// Binds and listens; on the loop's thread. With `reusePort`, several listeners share the
    /// address and the kernel deals connections out to them.
    package init(
        loop: EventLoop, address: SocketAddress, reusePort: Bool = false,
        accept: @escaping (ByteStream) -> Void
    ) throws(SystemError) {
        loop.preconditionInLoop()
        self.loop = loop
        self.accept = accept
        let opened = try Listener.open(address, reusePort)
        (socket, boundAddress) = opened
        do {
            token = try loop.watch(socket, clinux_readable, self)
        } catch {
            clinux_close(opened.0)
            throw error
        }
    }

    private static func open(
        _ address: SocketAddress, _ reusePort: Bool
    ) throws(SystemError) -> (Int32, SocketAddress) {
        let socket = try SystemError.check(
            clinux_socket(address.isIPv6 ? 1 : 0), "create socket for \(address)")
        do throws(SystemError) {
            var system = address.system
            _ = try SystemError.check(
                unsafe clinux_bind(socket, &system, reusePort ? 1 : 0), "bind \(address)")
            _ = try SystemError.check(clinux_listen(socket, backlog), "listen on \(address)")
            _ = try SystemError.check(
                unsafe clinux_local_address(socket, &system), "find the port of \(address)")
            return (socket, SocketAddress(system))
        } catch {
            clinux_close(socket)
            throw error
        }
    }

    /// Stops listening; streams already accepted live on.
    package func close() {
        loop.preconditionInLoop()
        guard let token else { return }
        loop.unwatch(token, socket)
        clinux_close(socket)
        self.token = nil
    }

    func ready(_ events: UInt32) {
        for _ in 0..<Listener.acceptsMax {
            // `accept` may have closed the listener.
            guard token != nil else { return }
            var peer = clinux_address()
            let accepted = unsafe clinux_accept(socket, &peer)
            if accepted == clinux_would_block() { return }
            if accepted < 0 { return failed(accepted) }
            do {
                accept(try ByteStream(accepted: accepted, peer: SocketAddress(peer), on: loop))
            } catch {
                clinux_close(accepted)
                warn(error)
            }
        }
    }

    func loopStops() { close() }

    private func failed(_ code: Int32) {
        warn(.failed(doing: "accept on \(boundAddress)", code: -code))
        // Other failures belong to the one connection; the next event tries the next.
        guard clinux_no_descriptors(code) != 0, let token else { return }
        loop.changeWatch(token, socket, 0)
        loop.schedule(after: Listener.pause) { [weak self] in
            guard let self, let token = self.token else { return }
            self.loop.changeWatch(token, self.socket, clinux_readable)
        }
    }

    /// At most every ten seconds.
    private func warn(_ error: SystemError) {
        if let last = lastWarning, loop.turnInstant - last < .seconds(10) { return }
        lastWarning = loop.turnInstant
        Listener.log.warning("cannot accept", [("reason", "\(error)")])
    }
}
