import Base
import Foundation
import Testing

@testable import Runtime

/// Where a listener listens: a path of this machine, a shared port, or nowhere yet.
@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    // MARK: Paths

    @Test func `bytes go both ways through a path`() async throws {
        try await withPath { loop, path in
            try await loop.listen(atPath: path) { _ in .echo }
            let reply = Promise<[UInt8]>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { stream in
                    stream.output.append("there")
                    stream.flushAtEndOfTurn()
                }
                peer.onReceived = { bytes, _ in reply.keep(bytes) }
                loop.connect(Endpoint(path: path), peer)
            }
            #expect(await reply.value == Array("there".utf8))
        }
    }

    @Test func `output before the local connection is open is sent when it is`() async throws {
        try await withPath { loop, path in
            try await loop.listen(atPath: path) { _ in .echo }
            let reply = Promise<[UInt8]>()
            loop.execute {
                let peer = Peer()
                peer.onReceived = { bytes, _ in reply.keep(bytes) }
                let stream = ByteStream.connect(
                    to: Endpoint(path: path), on: loop, timeout: .seconds(10), delegate: peer)
                stream.output.append("early")
            }
            #expect(await reply.value == Array("early".utf8))
        }
    }

    @Test func `only processes of the same user may connect`() async throws {
        try await withPath { loop, path in
            try await loop.listen(atPath: path) { _ in .echo }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["socket"])
        }
    }

    @Test func `a path that is too long, or in no folder, is an error and leaves nothing`()
        async throws
    {
        try await withPath { loop, path in
            let folder = (path as NSString).deletingLastPathComponent
            for bad in [path + String(repeating: "a", count: 120), folder + "/none/socket"] {
                await #expect(throws: SystemError.self) {
                    try await loop.listen(atPath: bad) { _ in .echo }
                }
                let reason = Promise<SystemError?>()
                loop.execute {
                    let peer = Peer()
                    peer.onClosed = { reason.keep($0) }
                    loop.connect(Endpoint(path: bad), peer)
                }
                #expect(await reason.value != nil)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func `where nobody listens a stream is closed with the reason, in a later turn`()
        async throws
    {
        try await withPath { loop, path in
            for isStale in [false, true] {
                if isStale {
                    // A file that its listener left behind.
                    let listener = try await loop.listen(atPath: path) { _ in .echo }
                    try await loop.run { listener.open().close() }
                    #expect(FileManager.default.fileExists(atPath: path))
                }
                let reason = Promise<SystemError?>()
                let isLater = Promise<Bool>()
                loop.execute {
                    var isConnecting = true
                    let peer = Peer()
                    peer.onOpened = { _ in reason.keep(nil) }
                    peer.onClosed = { error in
                        isLater.keep(!isConnecting)
                        reason.keep(error)
                    }
                    loop.connect(Endpoint(path: path), peer)
                    isConnecting = false
                }
                let error = try #require(await reason.value)
                #expect("\(error)".contains(path))
                #expect(await isLater.value)
            }
        }
    }

    @Test func `a second listener takes the path over at once, and streams live on`() async throws {
        try await withPath { loop, path in
            let first = try await loop.listen(atPath: path) { Peer.saying("first")($0) }
            let early = Promise<[UInt8]>()
            let again = Promise<[UInt8]>()
            let kept = Promise<Confined<ByteStream>>()
            loop.execute {
                let peer = Peer()
                peer.onReceived = { bytes, stream in
                    kept.keep(Confined(stream, to: loop))
                    early.keep(bytes)
                    if bytes == Array("again".utf8) { again.keep(bytes) }
                }
                loop.connect(Endpoint(path: path), peer)
            }
            #expect(await early.value == Array("first".utf8))
            try await loop.listen(atPath: path) { Peer.saying("second")($0) }
            #expect(try await loop.reads(Endpoint(path: path)) == Array("second".utf8))
            // The first one is not found any more, but what it accepted goes on.
            let stream = await kept.value
            loop.execute {
                stream.open().output.append("again")
                stream.open().flushAtEndOfTurn()
            }
            #expect(await again.value == Array("again".utf8))
            try await loop.run { first.open().close() }
            #expect(try await loop.reads(Endpoint(path: path)) == Array("second".utf8))
        }
    }

    @Test func `nobody finds a listener before it is published, and a file is left alone`()
        async throws
    {
        try await withPath { loop, path in
            let listener = try await loop.run {
                Confined(try Listener(loop: loop, path: path) { $0.delegate = Peer.echo }, to: loop)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(FileManager.default.createFile(atPath: path, contents: Data("precious".utf8)))
            #expect(!Listener.mayUse(path: path))
            await #expect(throws: SystemError.self) {
                try await loop.run { try listener.open().publish() }
            }
            try await loop.run { listener.open().close() }
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["socket"])
            #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
        }
    }

    // MARK: Not accepting yet

    @Test func `connections wait until the listener accepts, and none is lost`() async throws {
        try await withLoop { loop in
            let accepted = Promise<Int>()
            let listener = try await loop.run {
                var count = 0
                let listener = try Listener(loop: loop, address: loopback, sharing: .joined) {
                    stream in
                    count += 1
                    stream.delegate = Peer.echo
                    if count == 3 { accepted.keep(count) }
                }
                return Confined(listener, to: loop)
            }
            let opened = (0..<3).map { _ in Promise<Bool>() }
            let replies = (0..<3).map { _ in Promise<[UInt8]>() }
            let isEarly = Locked(true)
            loop.execute {
                let endpoint = Endpoint(listener.open().boundAddress)
                for (opened, reply) in zip(opened, replies) {
                    let peer = Peer()
                    peer.onOpened = { stream in
                        stream.output.append("x")
                        stream.flushAtEndOfTurn()
                        opened.keep(true)
                    }
                    peer.onReceived = { bytes, _ in
                        if isEarly.withLock({ $0 }) { reply.keep([]) }
                        reply.keep(bytes)
                    }
                    loop.connect(endpoint, peer)
                }
            }
            // The kernel takes them.
            for opened in opened { #expect(await opened.value) }
            try await loop.run {
                isEarly.withLock { $0 = false }
                listener.open().beginAccepting()
            }
            #expect(await accepted.value == 3)
            for reply in replies { #expect(await reply.value == Array("x".utf8)) }
        }
    }

    @Test func `hundreds of connections that wait are accepted in one turn`() async throws {
        try await withLoop { loop in
            let count = 400
            let turns = Promise<Set<Instant>>()
            let listener = try await loop.run {
                var (accepted, seen) = (0, Set<Instant>())
                let listener = try Listener(loop: loop, address: loopback, sharing: .joined) {
                    stream in
                    stream.delegate = Peer.echo
                    accepted += 1
                    seen.insert(loop.turnInstant)
                    if accepted == count { turns.keep(seen) }
                }
                return Confined(listener, to: loop)
            }
            let opened = Promise<Bool>()
            loop.execute {
                var open = 0
                for _ in 0..<count {
                    let peer = Peer()
                    peer.onOpened = { _ in
                        open += 1
                        if open == count { opened.keep(true) }
                    }
                    loop.connect(Endpoint(listener.open().boundAddress), peer)
                }
            }
            #expect(await opened.value)
            try await loop.run { listener.open().beginAccepting() }
            #expect(await turns.value.count == 1)
        }
    }

    @Test func `a listener that never accepted closes those that wait`() async throws {
        try await withLoop { loop in
            let listener = try await loop.run {
                let listener = try Listener(loop: loop, address: loopback, sharing: .joined) {
                    $0.delegate = Peer.echo
                }
                return Confined(listener, to: loop)
            }
            let opened = Promise<Bool>()
            let closed = Promise<Bool>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { _ in opened.keep(true) }
                peer.onClosed = { _ in closed.keep(true) }
                loop.connect(Endpoint(listener.open().boundAddress), peer)
            }
            #expect(await opened.value)
            try await loop.run { listener.open().close() }
            #expect(await closed.value)
        }
    }

    // MARK: A shared port

    @Test func `the second listener of a port takes over every new connection`() async throws {
        try await withLoop { loop in
            let (first, endpoint) = try await loop.shares(loopback, "first", .offered)
            let address = try await loop.run { first.open().boundAddress }
            // A listener that accepts nobody gets nobody once it is told of by no one: those that
            // the kernel gives it meanwhile wait.
            let (second, _) = try await loop.shares(address, "second", .joined)
            let isSteered = try await loop.run {
                let isSteered = second.open().steerConnections(to: 1)
                second.open().beginAccepting()
                return isSteered
            }
            // Where the kernel cannot steer it deals out to both.
            guard isSteered else { return }
            for _ in 0..<40 {
                #expect(try await loop.reads(endpoint) == Array("second".utf8))
            }
            // When the first one is gone there is nobody else.
            try await loop.run { first.open().close() }
            for _ in 0..<10 {
                #expect(try await loop.reads(endpoint) == Array("second".utf8))
            }
        }
    }

    @Test func `what waits at the second listener is accepted when it takes over`() async throws {
        try await withLoop { loop in
            let (first, endpoint) = try await loop.shares(loopback, "first", .offered)
            let address = try await loop.run { first.open().boundAddress }
            let (second, _) = try await loop.shares(address, "second", .joined)
            // Either one's; whoever is dealt to the second waits.
            let replies = (0..<20).map { _ in Promise<[UInt8]>() }
            let opened = (0..<20).map { _ in Promise<Bool>() }
            loop.execute {
                for (opened, reply) in zip(opened, replies) {
                    let peer = Peer()
                    peer.onOpened = { _ in opened.keep(true) }
                    peer.onReceived = { bytes, _ in reply.keep(bytes) }
                    peer.onClosed = { _ in reply.keep([]) }
                    loop.connect(endpoint, peer)
                }
            }
            for opened in opened { #expect(await opened.value) }
            try await loop.run {
                second.open().steerConnections(to: 1)
                second.open().beginAccepting()
            }
            for reply in replies {
                let bytes = await reply.value
                #expect(["first", "second"].map { Array($0.utf8) }.contains(bytes))
            }
        }
    }

    @Test func `a port that is not shared is not taken`() async throws {
        try await withLoop { loop in
            let endpoint = try await loop.listen { _ in .echo }
            await #expect(throws: SystemError.self) {
                _ = try await loop.shares(
                    SocketAddress(host: endpoint.host, port: endpoint.port)!, "second", .joined)
            }
            // Nor is one that is shared by who does not come to join.
            let (_, shared) = try await loop.shares(loopback, "first", .offered)
            let address = SocketAddress(host: shared.host, port: shared.port)!
            for sharing in [Listener.Sharing.none, .offered] {
                await #expect(throws: SystemError.self) {
                    _ = try await loop.shares(address, "second", sharing)
                }
            }
        }
    }

    @Test func `a listener can keep its port while another one joins and goes`() async throws {
        try await withLoop { loop in
            let (first, endpoint) = try await loop.shares(loopback, "first", .offered)
            let address = try await loop.run { first.open().boundAddress }
            guard try await loop.run({ first.open().steerConnections(to: 0) }) else { return }
            let (second, _) = try await loop.shares(address, "second", .joined)
            for _ in 0..<20 {
                #expect(try await loop.reads(endpoint) == Array("first".utf8))
            }
            try await loop.run { second.open().close() }
            #expect(try await loop.reads(endpoint) == Array("first".utf8))
        }
    }

    // MARK: Helpers

    /// A loop and a path in a fresh folder, which goes afterwards.
    private func withPath(_ body: (EventLoop, String) async throws -> Void) async throws {
        try await withLoop { loop in
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("penstock-\(UInt32.random(in: 0 ... .max))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(loop, folder.path + "/socket")
        }
    }
}

extension Peer {
    fileprivate static var echo: Peer {
        let peer = Peer()
        peer.onReceived = { bytes, stream in
            stream.output.append(bytes)
            stream.flushAtEndOfTurn()
        }
        return peer
    }

    /// Says so at once, and then is an echo.
    fileprivate static func saying(_ text: String) -> (ByteStream) -> Peer {
        { stream in
            stream.output.append(Array(text.utf8))
            stream.flushAtEndOfTurn()
            return echo
        }
    }
}

extension EventLoop {
    @discardableResult
    fileprivate func listen(
        atPath path: String, _ make: @escaping @Sendable (ByteStream) -> Peer
    ) async throws -> Confined<Listener> {
        try await run {
            let listener = try Listener(loop: self, path: path) { $0.delegate = make($0) }
            do throws(SystemError) { try listener.publish() } catch {
                listener.close()
                throw error
            }
            return Confined(listener, to: self)
        }
    }

    /// Listens at a shared port; says its name to everybody.
    fileprivate func shares(
        _ address: SocketAddress, _ name: String, _ sharing: Listener.Sharing
    ) async throws -> (Confined<Listener>, Endpoint) {
        try await run {
            let listener = try Listener(loop: self, address: address, sharing: sharing) {
                $0.delegate = Peer.saying(name)($0)
            }
            return (Confined(listener, to: self), Endpoint(listener.boundAddress))
        }
    }

    /// The first bytes that a new connection gets; none if it is closed before.
    fileprivate func reads(_ endpoint: Endpoint) async throws -> [UInt8] {
        let bytes = Promise<[UInt8]>()
        execute {
            let peer = Peer()
            peer.onReceived = { received, stream in
                bytes.keep(received)
                stream.close()
            }
            peer.onClosed = { _ in bytes.keep([]) }
            self.connect(endpoint, peer)
        }
        return await bytes.value
    }
}
