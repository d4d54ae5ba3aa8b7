import Base
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(1))) struct ByteStreamTests {
    @Test func `bytes sent one at a time come back whole and in order`() async throws {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let sent = (0..<500).map { UInt8(truncatingIfNeeded: $0) }
            let reply = Promise<[UInt8]>()
            loop.execute {
                let peer = Peer()
                var received: [UInt8] = []
                func sendNext(_ stream: ByteStream, _ index: Int) {
                    if index == sent.count { return }
                    stream.output.append(sent[index])
                    stream.flushAtEndOfTurn()
                    loop.schedule(after: .zero) { sendNext(stream, index + 1) }
                }
                peer.onOpened = { sendNext($0, 0) }
                peer.onReceived = { bytes, _ in
                    received += bytes
                    if received.count == sent.count { reply.keep(received) }
                }
                loop.connect(endpoint, peer)
            }
            #expect(await reply.value == sent)
        }
    }

    @Test func `output before the connection is open is sent when it is`() async throws {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let reply = Promise<[UInt8]>()
            loop.execute {
                let peer = Peer()
                peer.onReceived = { bytes, _ in reply.keep(bytes) }
                let stream = ByteStream.connect(
                    to: Endpoint(host: "localhost", port: endpoint.port, tls: false), on: loop,
                    timeout: .seconds(10), delegate: peer)
                stream.output.append("early")
                stream.flushAtEndOfTurn()
            }
            #expect(await reply.value == Array("early".utf8))
        }
    }

    @Test func `a backlog blocks the stream, becomes writable once and arrives whole`() async throws
    {
        let size = 24_000_000
        try await withLoop { loop in
            let arrived = Promise<(count: Int, isWhole: Bool)>()
            let writable = Promise<Bool>()
            let reader = Promise<Confined<ByteStream>>()
            let endpoint = try await loop.listen { stream in
                stream.pauseReading()
                reader.keep(Confined(stream, to: loop))
                let peer = Peer()
                var (count, isWhole) = (0, true)
                peer.onReceived = { bytes, _ in
                    // Looks at the first byte of every thousand.
                    let first = (1000 - count % 1000) % 1000
                    for index in stride(from: first, to: bytes.count, by: 1000) {
                        let kilobyte = (count + index) / 1000
                        if bytes[index] != UInt8(truncatingIfNeeded: kilobyte) { isWhole = false }
                    }
                    count += bytes.count
                    if count == size { arrived.keep((count, isWhole)) }
                }
                return peer
            }
            let blocked = Promise<Bool>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { stream in
                    for kilobyte in 0..<size / 1000 {
                        stream.output.append(
                            [UInt8](repeating: UInt8(truncatingIfNeeded: kilobyte), count: 1000))
                    }
                    stream.flushAtEndOfTurn()
                }
                peer.onHeldUp = { stream in
                    blocked.keep(stream.isBlocked && !stream.output.isEmpty)
                }
                peer.onWritable = { stream in
                    writable.keep(!stream.isBlocked && stream.output.isEmpty)
                }
                loop.connect(endpoint, peer)
            }
            #expect(await blocked.value)
            let paused = await reader.value
            loop.execute { paused.open().resumeReading() }
            #expect(await writable.value)
            let result = await arrived.value
            #expect(result.count == size)
            #expect(result.isWhole)
        }
    }

    @Test func `bytes that windows hold back are told of when the turn is over`() async throws {
        try await withLoop { loop in
            let heldUp = Promise<Int>()
            let endpoint = try await loop.listen { _ in Peer() }
            loop.execute {
                let peer = Peer()
                peer.onOpened = { $0.output.bytesHeldBack = 7 }
                peer.onHeldUp = { heldUp.keep($0.output.bytesHeldBack) }
                loop.connect(endpoint, peer)
            }
            #expect(await heldUp.value == 7)
        }
    }

    @Test func `what is appended on the peer's last bytes still reaches it, then both close`()
        async throws
    {
        try await withLoop { loop in
            let serverClosed = Promise<SystemError?>()
            let endpoint = try await loop.listen { _ in
                let peer = Peer()
                peer.onReceived = { bytes, stream in
                    stream.output.append(bytes)
                    stream.flushAtEndOfTurn()
                }
                peer.onClosed = { serverClosed.keep($0) }
                return peer
            }
            let clientClosed = Promise<SystemError?>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { stream in
                    stream.output.append("bye")
                    stream.closeAfterFlush()
                }
                peer.onClosed = { clientClosed.keep($0) }
                loop.connect(endpoint, peer)
            }
            #expect(await serverClosed.value == nil)
            #expect(await clientClosed.value == nil)
        }
    }

    @Test func `a backlog still leaves after the peer has ended its direction`() async throws {
        let size = 24_000_000
        try await withLoop { loop in
            let serverClosed = Promise<SystemError?>()
            let endpoint = try await loop.listen { _ in
                let peer = Peer()
                peer.onReceived = { _, stream in
                    stream.output.append([UInt8](repeating: 7, count: size))
                    stream.flushAtEndOfTurn()
                }
                peer.onClosed = { serverClosed.keep($0) }
                return peer
            }
            #expect(await receivedAfterHalfClose(endpoint.port) == size)
            #expect(await serverClosed.value == nil)
        }
    }

    @Test func `closing is told once, later, and never from within close`() async throws {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let calls = Promise<[String]>()
            loop.execute {
                let peer = Peer()
                var log: [String] = []
                peer.onOpened = { stream in
                    stream.close()
                    stream.close()
                    stream.closeAfterFlush()
                    log.append("after close")
                    loop.schedule(after: .milliseconds(1)) { calls.keep(log) }
                }
                peer.onClosed = { reason in log.append("closed \(reason as Any)") }
                loop.connect(endpoint, peer)
            }
            #expect(await calls.value == ["after close", "closed nil"])
        }
    }

    @Test func `a stream closed by another one's event in the same batch stays silent`()
        async throws
    {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let rounds = 200
            let done = Promise<Int>()
            loop.execute {
                // Both echoes arrive in one batch; whoever hears first closes the other.
                var survivors = 0
                func round(_ left: Int) {
                    if left == 0 { return done.keep(survivors) }
                    var pair: [ByteStream] = []
                    var heard = 0
                    for index in 0..<2 {
                        let peer = Peer()
                        peer.onReceived = { _, stream in
                            heard += 1
                            pair[1 - index].close()
                            stream.closeAfterFlush()
                            loop.schedule(after: .zero) {
                                survivors += heard
                                round(left - 1)
                            }
                        }
                        let stream = ByteStream.connect(
                            to: endpoint, on: loop, timeout: .seconds(10), delegate: peer)
                        stream.output.append("x")
                        pair.append(stream)
                    }
                }
                round(rounds)
            }
            #expect(await done.value == rounds)
        }
    }

    @Test func `a refused connection says to where and why`() async throws {
        try await withLoop { loop in
            // A port that only was free a moment ago may be another test's by now.
            let closed = Promise<SystemError?>()
            loop.execute {
                let peer = Peer()
                peer.onClosed = { closed.keep($0) }
                loop.connect(Endpoint(host: "127.0.0.1", port: 1, tls: false), peer)
            }
            let reason = await closed.value
            #expect(reason?.description == "connect 127.0.0.1:1: Connection refused")
        }
    }

    @Test func `a name that does not exist says so`() async throws {
        try await withLoop { loop in
            let closed = Promise<SystemError?>()
            loop.execute {
                let peer = Peer()
                peer.onClosed = { closed.keep($0) }
                loop.connect(Endpoint(host: "no such host", port: 1, tls: false), peer)
            }
            guard case .unresolved(host: "no such host", _)? = await closed.value else {
                Issue.record("expected an unresolved name")
                return
            }
        }
    }

    @Test func `a peer that never completes the handshake is given up after the timeout`()
        async throws
    {
        // Reading it takes longer than the timeout, and is done once.
        _ = try TLSClientContext.make(TLSClientOptions())
        try await withLoop { loop in
            let endpoint = try await loop.listen { _ in Peer() }
            let closed = Promise<SystemError?>()
            loop.execute {
                let peer = Peer()
                peer.onClosed = { closed.keep($0) }
                let secured = Endpoint(host: endpoint.host, port: endpoint.port, tls: true)
                loop.connect(secured, timeout: .milliseconds(500), peer)
            }
            let expected = SystemError.timedOut(
                doing: "secure \(endpoint)", limit: .milliseconds(500))
            #expect(await closed.value == expected)
        }
    }

    @Test func `a silent stream with an idle limit is closed, a talking one is not`() async throws {
        try await withLoop { loop in
            let limit = Duration.milliseconds(30)
            let endpoint = try await loop.listenEcho()
            let closed = Promise<(silence: Duration, SystemError?)>()
            loop.execute {
                let peer = Peer()
                var (heard, lastHeard) = (0, Clock.now())
                peer.onOpened = { stream in
                    stream.closeWhenIdle(for: limit)
                    stream.output.append("x")
                    stream.flushAtEndOfTurn()
                }
                peer.onReceived = { bytes, stream in
                    heard += 1
                    lastHeard = loop.turnInstant
                    // Talks for twice the limit, then falls silent.
                    if heard == 6 { return }
                    loop.schedule(after: .milliseconds(10)) {
                        stream.output.append(bytes)
                        stream.flushAtEndOfTurn()
                    }
                }
                peer.onClosed = { closed.keep((Clock.now() - lastHeard, $0)) }
                loop.connect(endpoint, peer)
            }
            let (silence, reason) = await closed.value
            #expect(silence >= limit, "closed too early")
            guard case .timedOut(_, limit)? = reason else {
                Issue.record("closed for another reason: \(reason as Any)")
                return
            }
        }
    }

    @Test func `a port that is taken is refused by name`() async throws {
        try await withLoop { loop in
            let text = try await loop.run {
                let first = try Listener(loop: loop, address: loopback) { _ in }
                do throws(SystemError) {
                    _ = try Listener(loop: loop, address: first.boundAddress) { _ in }
                    return "it was taken twice"
                } catch {
                    let text = "\(error)"
                    return text.replacing("\(first.boundAddress)", with: "ADDRESS")
                }
            }
            #expect(text == "bind ADDRESS: Address already in use")
        }
    }

    @Test func `two listeners may share a port if both say so`() async throws {
        try await withLoop { loop in
            let isShared = try await loop.run {
                let first = try Listener(loop: loop, address: loopback, sharing: .offered) { _ in }
                let second = try Listener(
                    loop: loop, address: first.boundAddress, sharing: .joined
                ) { _ in }
                return first.boundAddress == second.boundAddress
            }
            #expect(isShared)
        }
    }
}
