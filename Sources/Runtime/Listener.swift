internal import Base
internal import CLinux

/// A listening socket on a loop: TCP, or local to this machine. Every connection becomes an open
/// stream, whose delegate `accept` sets before it returns, or is dealt to some loop by whoever
/// wants to choose. When the process runs out of
/// descriptors, accepting pauses for a moment instead of spinning; the kernel keeps the waiting
/// connections.
package final class Listener: EventHandler {
    package let loop: EventLoop
    /// Where it listens, with the port the system chose if it was asked for port 0; unspecified
    /// for a local one.
    package let boundAddress: SocketAddress

    private var socket: Int32
    private var unpublishedPath: String?
    private var token: WatchToken?
    private let accept: (AcceptedSocket) -> Void
    private var lastWarning: Instant?

    /// Connections taken in one turn: some 5 ms of it, so that a storm of them does not starve the
    /// open ones. Of what the kernel's queue cannot hold meanwhile it drops the beginning, which
    /// the clients' kernels repeat after one second, then two, then four.
    private static let acceptsMax = 512
    private static let backlog: Int32 = 4096
    private static let pause = Duration.milliseconds(100)
    private static let log = Log("listener")

    /// How a listener shares its address with others of the same user.
    package enum Sharing: Sendable {
        case none
        /// Finds the address free, and lets others join later.
        case offered
        /// Joins others; connections wait in the kernel until `beginAccepting`.
        case joined
    }

    /// Binds and listens; on the loop's thread. Every connection is a stream on the same loop.
    package convenience init(
        loop: EventLoop, address: SocketAddress, sharing: Sharing = .none,
        accept: @escaping (ByteStream) -> Void
    ) throws(SystemError) {
        try self.init(
            loop: loop, dealingAt: address, sharing: sharing, deal: Self.opening(on: loop, accept))
    }

    private static func opening(
        on loop: EventLoop, _ accept: @escaping (ByteStream) -> Void
    ) -> (AcceptedSocket) -> Void {
        { socket in
            do throws(SystemError) { accept(try socket.open(on: loop)) } catch {
                log.debug("cannot watch", [("reason", "\(error)")])
            }
        }
    }

    /// Binds and listens; on the loop's thread. `deal` opens every socket, on whatever loop, or
    /// closes it.
    package convenience init(
        loop: EventLoop, dealingAt address: SocketAddress, sharing: Sharing = .none,
        deal accept: @escaping (AcceptedSocket) -> Void
    ) throws(SystemError) {
        let socket = try SystemError.check(
            clinux_socket(address.isIPv6 ? 1 : 0), "create socket for \(address)")
        let isJoined = sharing == .joined
        try self.init(loop: loop, socket, !isJoined, accept) { () throws(SystemError) in
            var system = address.system
            _ = try SystemError.check(
                unsafe clinux_bind(socket, &system, isJoined ? 1 : 0), "bind \(address)")
            if sharing == .offered {
                // After bind, so that an address that is taken is found taken, shared or not.
                _ = try SystemError.check(clinux_allow_sharing(socket), "share \(address)")
            }
            _ = try SystemError.check(
                clinux_listen(socket, Listener.backlog), "listen on \(address)")
            _ = try SystemError.check(
                unsafe clinux_local_address(socket, &system), "find the port of \(address)")
            return SocketAddress(system)
        }
    }

    /// Listens beside a path of this machine, for processes of the same user, who find it there
    /// once it is published.
    package convenience init(
        loop: EventLoop, path: String, accept: @escaping (ByteStream) -> Void
    ) throws(SystemError) {
        try self.init(loop: loop, dealingAt: path, deal: Self.opening(on: loop, accept))
    }

    /// Likewise, where `deal` opens every socket or closes it.
    package convenience init(
        loop: EventLoop, dealingAt path: String, deal: @escaping (AcceptedSocket) -> Void
    ) throws(SystemError) {
        let socket = try SystemError.check(clinux_local_socket(), "create socket for \(path)")
        try self.init(loop: loop, socket, true, deal) { () throws(SystemError) in
            _ = try SystemError.check(unsafe clinux_local_bind(socket, path), "bind \(path)")
            _ = try SystemError.check(
                clinux_listen(socket, Listener.backlog), "listen on \(path)")
            return .unspecified
        }
        unpublishedPath = path
    }

    /// Whoever listened at the path before is not found any more.
    package func publish() throws(SystemError) {
        guard let path = unpublishedPath else { return }
        _ = try SystemError.check(unsafe clinux_local_publish(path), "publish \(path)")
        unpublishedPath = nil
    }

    /// Whether a socket is at the path, or nothing.
    package static func mayUse(path: String) -> Bool { unsafe clinux_may_be_socket(path) == 1 }

    /// `bind` makes `socket` listen, and says where; if that fails the socket is closed.
    private init(
        loop: EventLoop, _ socket: Int32, _ isAccepting: Bool,
        _ accept: @escaping (AcceptedSocket) -> Void, bind: () throws(SystemError) -> SocketAddress
    ) throws(SystemError) {
        loop.preconditionInLoop()
        self.loop = loop
        self.socket = socket
        self.accept = accept
        do throws(SystemError) {
            boundAddress = try bind()
            token = try loop.watch(socket, isAccepting ? clinux_readable : 0, self)
        } catch {
            clinux_close(socket)
            throw error
        }
    }

    /// Accepts from now on, what waited first.
    package func beginAccepting() {
        loop.preconditionInLoop()
        if let token { loop.changeWatch(token, socket, clinux_readable) }
    }

    /// Of listeners that share the address, only the `index`th gets new connections, counted from 0
    /// in the order in which they began; while there is none, any. False where the kernel cannot.
    @discardableResult
    package func steerConnections(to index: Int32) -> Bool { clinux_steer(socket, index) == 0 }

    /// Stops listening; streams already accepted live on.
    package func close() {
        loop.preconditionInLoop()
        guard let token else { return }
        loop.unwatch(token, socket)
        clinux_close(socket)
        self.token = nil
        if let unpublishedPath { unsafe clinux_local_withdraw(unpublishedPath) }
        unpublishedPath = nil
    }

    func ready(_ events: UInt32) {
        for _ in 0..<Listener.acceptsMax {
            // `accept` may have closed the listener.
            guard token != nil else { return }
            var peer = clinux_address()
            let accepted = unsafe clinux_accept(socket, &peer)
            if accepted == clinux_would_block() { return }
            if accepted < 0 { return failed(accepted) }
            accept(AcceptedSocket(accepted, peer: SocketAddress(peer)))
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
