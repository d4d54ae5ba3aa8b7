import Base
import Runtime

/// A server on a loop that sends everything back, and tells what it saw of every connection. Its
/// context can be exchanged, as a reload does.
final class TLSEcho: Sendable {
    /// Address alone, cleartext.
    let address: Endpoint
    /// What TLS agreed on with each stream that opened; nil: cleartext.
    let opened: Arrivals<StreamSecurity?>
    /// Why each stream closed; nil: in an orderly way.
    let closed: Arrivals<SystemError?>
    private let context: Locked<TLSServerContext>

    init(_ options: TLSServerOptions, on loop: EventLoop) async throws {
        let (opened, closed) = (Arrivals<StreamSecurity?>(), Arrivals<SystemError?>())
        let context = Locked(try TLSServerContext(options))
        (self.opened, self.closed, self.context) = (opened, closed, context)
        address = try await loop.listen { stream in
            let peer = Peer()
            peer.onOpened = { opened.add($0.security) }
            peer.onReceived = { bytes, stream in
                stream.output.append(bytes)
                stream.flushAtEndOfTurn()
            }
            peer.onClosed = { closed.add($0) }
            stream.expectSecurity(context.withLock { $0 })
            return peer
        }
    }

    func replace(_ options: TLSServerOptions) throws {
        let fresh = try TLSServerContext(options)
        context.withLock { $0 = fresh }
    }

    func endpoint(_ tls: TLSClientOptions?) -> Endpoint {
        Endpoint(host: "127.0.0.1", port: address.port, tls: tls)
    }
}

/// Values in the order they came, from any thread.
final class Arrivals<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let feed: AsyncStream<Value>.Continuation

    init() {
        (stream, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(10_000))
    }

    func add(_ value: Value) { feed.yield(value) }

    /// The next one; waits for it, and throws when the test's time is over.
    var next: Value {
        get async throws {
            var iterator = stream.makeAsyncIterator()
            guard let value = await iterator.next() else { throw CancellationError() }
            return value
        }
    }
}

/// What a client heard back before it was closed, and what it knew of the connection.
struct TLSExchange: Sendable {
    var heard: [UInt8]
    var security: StreamSecurity?
    /// nil: in an orderly way.
    var reason: SystemError?

    var text: String { String(decoding: heard, as: UTF8.self) }
}

extension EventLoop {
    /// Sends `bytes`, waits until as many have come back, and ends the connection.
    func exchange(_ bytes: [UInt8] = Array("hello".utf8), with endpoint: Endpoint) async
        -> TLSExchange
    {
        let outcome = Promise<TLSExchange>()
        execute {
            let peer = Peer()
            var heard: [UInt8] = []
            var security: StreamSecurity?
            peer.onOpened = { stream in
                security = stream.security
                stream.output.append(bytes)
                stream.flushAtEndOfTurn()
            }
            peer.onReceived = { part, stream in
                heard += part
                if heard.count == bytes.count { stream.closeAfterFlush() }
            }
            peer.onClosed = { reason in
                outcome.keep(TLSExchange(heard: heard, security: security, reason: reason))
            }
            self.connect(endpoint, peer)
        }
        return await outcome.value
    }
}

/// Stands between a client and a server and passes bytes on in small parts.
enum Relay {
    /// At most `part` bytes a turn and direction, and in all at most `bytesMax` of the client's,
    /// after which both are cut off.
    static func start(
        to server: Endpoint, on loop: EventLoop, part: Int, bytesMax: Int = .max
    ) async throws -> Endpoint {
        try await loop.listen { client in
            let (front, back) = (Peer(), Peer())
            var budget = bytesMax
            let upstream = ByteStream.connect(
                to: Endpoint(host: "127.0.0.1", port: server.port, tls: nil), on: loop,
                timeout: .seconds(10), delegate: back)
            func cut() {
                client.close()
                upstream.close()
            }
            let forward = Trickle(to: upstream, part: part)
            let backward = Trickle(to: client, part: part)
            front.onReceived = { bytes, _ in
                forward.add(bytes.prefix(budget))
                budget -= min(budget, bytes.count)
                if budget == 0 { forward.whenEmpty(cut) }
            }
            back.onReceived = { bytes, _ in backward.add(bytes[...]) }
            front.onClosed = { _ in forward.whenEmpty { upstream.closeAfterFlush() } }
            back.onClosed = { _ in backward.whenEmpty { client.closeAfterFlush() } }
            return front
        }
    }
}

/// Bytes on their way, a part a turn.
private final class Trickle {
    private let stream: ByteStream
    private let part: Int
    private var waiting: [UInt8] = []
    private var next = 0
    private var isRunning = false
    private var ending: () -> Void = {}

    init(to stream: ByteStream, part: Int) { (self.stream, self.part) = (stream, part) }

    func add(_ bytes: ArraySlice<UInt8>) {
        waiting += bytes
        if !isRunning { step() }
    }

    func whenEmpty(_ body: @escaping () -> Void) {
        if isRunning { ending = body } else { body() }
    }

    private func step() {
        isRunning = next < waiting.count && !stream.isClosed
        if !isRunning {
            (waiting, next) = ([], 0)
            return ending()
        }
        let end = min(next + part, waiting.count)
        stream.output.append(Array(waiting[next..<end]))
        stream.flushAtEndOfTurn()
        next = end
        stream.loop.schedule(after: .zero) { self.step() }
    }
}
