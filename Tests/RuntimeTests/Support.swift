import Base
import CLinux
import Foundation

@testable import Runtime

/// A value that arrives once, from any thread.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case kept(Value)
        case awaited(CheckedContinuation<Value, Never>)
    }

    private let state = Locked(State.empty)

    /// Later values are ignored.
    func keep(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .empty:
                state = .kept(value)
                return nil
            case .kept: return nil
            case .awaited(let continuation):
                state = .kept(value)
                return continuation
            }
        }
        waiter?.resume(returning: value)
    }

    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let kept = state.withLock { state -> Value? in
                    if case .kept(let value) = state { return value }
                    state = .awaited(continuation)
                    return nil
                }
                if let kept { continuation.resume(returning: kept) }
            }
        }
    }
}

/// A delegate made of closures that lives until its stream is closed.
final class Peer: ByteStreamDelegate {
    var onOpened: (ByteStream) -> Void = { _ in }
    var onReceived: ([UInt8], ByteStream) -> Void = { _, _ in }
    var onHeldUp: (ByteStream) -> Void = { _ in }
    var onWritable: (ByteStream) -> Void = { _ in }
    var onClosed: (SystemError?) -> Void = { _ in }
    private var itself: Peer?

    init() { itself = self }

    func opened(_ stream: ByteStream) { onOpened(stream) }
    func received(_ bytes: RawSpan, on stream: ByteStream) { onReceived(bytes.copyBytes(), stream) }
    func heldUp(_ stream: ByteStream) { onHeldUp(stream) }
    func becameWritable(_ stream: ByteStream) { onWritable(stream) }
    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        itself = nil
        onClosed(reason)
    }
}

let loopback = SocketAddress("127.0.0.1:0")!

/// A port of the loopback where nobody listens; and nobody begins to as long as this lives, as
/// happens to a port that was only free a moment ago.
final class RefusingPort {
    let port: UInt16
    private let socket = clinux_socket(0)

    init() {
        var address = clinux_address()
        _ = clinux_parse_address("127.0.0.1", &address)
        precondition(clinux_bind(socket, &address, 0) == 0)
        precondition(clinux_local_address(socket, &address) == 0)
        port = address.port
    }

    deinit { clinux_close(socket) }
}

/// Runs the body on a loop, and again on one whose sends all go through a ring, where there may be
/// one.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    try await with(try EventLoop(name: "test"), body)
    guard let ring = try? SendRing(countMax: 4, worthwhile: 1) else { return }
    try await with(try EventLoop(name: "ring test", sendRing: ring), body)
}

func with(_ loop: EventLoop, _ body: (EventLoop) async throws -> Void) async throws {
    do {
        try await body(loop)
    } catch {
        await loop.stop()
        throw error
    }
    await loop.stop()
}

extension EventLoop {
    /// Listens on a free port; every connection gets the delegate that `make` gives. Closed when
    /// the loop stops.
    func listen(_ make: @escaping @Sendable (ByteStream) -> Peer) async throws -> Endpoint {
        try await run {
            let listener = try Listener(loop: self, address: loopback) { stream in
                stream.delegate = make(stream)
            }
            return Endpoint(listener.boundAddress)
        }
    }

    /// Listens and sends everything back.
    func listenEcho() async throws -> Endpoint {
        try await listen { _ in
            let peer = Peer()
            peer.onReceived = { bytes, stream in
                stream.output.append(bytes)
                stream.flushAtEndOfTurn()
            }
            return peer
        }
    }

    func connect(_ endpoint: Endpoint, timeout: Duration = .seconds(10), _ peer: Peer) {
        _ = ByteStream.connect(to: endpoint, on: self, timeout: timeout, delegate: peer)
    }
}

/// What a plain blocking client receives that sends one byte and ends its direction at once.
func receivedAfterHalfClose(_ port: UInt16) async -> Int {
    let total = Promise<Int>()
    Thread.detachNewThread {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let connected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var buffer = [UInt8](repeating: 1, count: 65536)
        var count = 0
        if connected == 0, send(fd, buffer, 1, 0) == 1, shutdown(fd, Int32(SHUT_WR)) == 0 {
            while true {
                let part = recv(fd, &buffer, buffer.count, 0)
                if part <= 0 { break }
                count += part
            }
        }
        close(fd)
        total.keep(count)
    }
    return await total.value
}
