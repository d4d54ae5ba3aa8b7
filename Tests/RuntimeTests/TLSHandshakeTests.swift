import Base
import Foundation
import Testing

@testable import Runtime

/// Handshakes that are slow, cut, or none; and bytes in awkward amounts.
@Suite(.timeLimit(.minutes(2)), .enabled(if: TestAuthority.isPossible, "needs openssl"))
struct TLSHandshakeTests {
    let authority: TestAuthority
    let server: TLSServerOptions
    let client: TLSClientOptions

    init() throws {
        let shared = try TestAuthority.shared.get()
        authority = shared.authority
        server = TLSServerOptions(
            certificates: [shared.server], clientAuthoritiesFile: authority.certificate,
            clientCertificates: .required)
        client = TLSClientOptions(
            authoritiesFile: authority.certificate, certificate: shared.client)
    }

    @Test(arguments: [1, 7])
    func `a handshake in small parts succeeds`(_ part: Int) async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let relay = try await Relay.start(to: echo.address, on: loop, part: part)
            let endpoint = Endpoint(host: relay.host, port: relay.port, tls: client)
            let result = await loop.exchange(with: endpoint)
            #expect(result.text == "hello")
            #expect(try await echo.opened.next?.peerCertificate?.commonName == "bot-7")
        }
    }

    @Test func `a handshake that is cut anywhere ends that connection alone`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            for bytesMax in [1, 2, 5, 6, 60, 200, 320, 700, 1000, 1200] {
                let relay = try await Relay.start(
                    to: echo.address, on: loop, part: 1000, bytesMax: bytesMax)
                let endpoint = Endpoint(host: relay.host, port: relay.port, tls: client)
                let result = await loop.exchange(with: endpoint)
                #expect(result.heard.isEmpty)
                #expect(result.reason != nil, "\(bytesMax)")
                _ = try await echo.closed.next
            }
            #expect(await loop.exchange(with: echo.endpoint(client)).text == "hello")
        }
    }

    /// What a client hears that sends raw bytes, until the server ends.
    private func answer(
        to bytes: [UInt8], from endpoint: Endpoint, on loop: EventLoop
    ) async -> [UInt8] {
        let heard = Promise<[UInt8]>()
        loop.execute {
            let peer = Peer()
            var all: [UInt8] = []
            peer.onOpened = { stream in
                stream.output.append(bytes)
                stream.flushAtEndOfTurn()
            }
            peer.onReceived = { part, _ in all += part }
            peer.onClosed = { _ in heard.keep(all) }
            loop.connect(endpoint, peer)
        }
        return await heard.value
    }

    @Test(arguments: [
        [UInt8](repeating: 0x16, count: 200),
        [0x16, 0x03, 0x01, 0xff, 0xff] + [UInt8](repeating: 0, count: 70_000),
        [0x16, 0x03, 0x01, 0x00, 0x04, 0x02, 0, 0, 0],
        [0x16, 0x47, 0x45, 0x54, 0x20, 0x2f],
    ])
    func `what only looks like a hello is answered with an alert at most`(_ bytes: [UInt8])
        async throws
    {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let heard = await answer(to: bytes, from: echo.address, on: loop)
            #expect(heard.isEmpty || heard.count == 7 && heard[0] == 0x15, "\(heard)")
            #expect(try await echo.closed.next != nil)
            #expect(await loop.exchange(with: echo.endpoint(client)).text == "hello")
        }
    }

    @Test func `a client that stalls can be closed by the owner at any point`() async throws {
        try await withLoop { loop in
            let context = try TLSServerContext(server)
            for count in [0, 1, 3, 100] {
                let accepted = Promise<Confined<ByteStream>>()
                let closed = Promise<SystemError?>()
                let endpoint = try await loop.listen { stream in
                    let peer = Peer()
                    peer.onClosed = { closed.keep($0) }
                    stream.expectSecurity(context)
                    accepted.keep(Confined(stream, to: loop))
                    return peer
                }
                loop.execute {
                    let peer = Peer()
                    peer.onOpened = { stream in
                        stream.output.append(
                            [0x16, 3, 1, 1, 0] + [UInt8](repeating: 1, count: 95))
                        stream.output.consume(100 - count)
                        stream.flushAtEndOfTurn()
                    }
                    loop.connect(endpoint, peer)
                }
                let stream = await accepted.value
                loop.execute { stream.open().closeAfterFlush() }
                #expect(await closed.value == nil)
            }
        }
    }

    @Test func `a storm of clients is served, some handshakes a turn`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let (clients, done) = (64, Arrivals<String>())
            loop.execute {
                for _ in 0..<clients {
                    let peer = Peer()
                    peer.onOpened = { stream in
                        stream.output.append("x")
                        stream.flushAtEndOfTurn()
                    }
                    peer.onReceived = { bytes, stream in
                        done.add(String(decoding: bytes, as: UTF8.self))
                        stream.close()
                    }
                    peer.onClosed = { reason in
                        if let reason { done.add("\(reason)") }
                    }
                    loop.connect(echo.endpoint(client), timeout: .seconds(60), peer)
                }
            }
            for _ in 0..<clients { #expect(try await done.next == "x") }
        }
    }

    @Test func `large amounts go both ways in small parts and arrive whole`() async throws {
        var random = SeededRandom(seed: 11)
        let bytes = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            for part in [97, 20_011] {
                let relay = try await Relay.start(to: echo.address, on: loop, part: part)
                let endpoint = Endpoint(host: relay.host, port: relay.port, tls: client)
                let result = await loop.exchange(bytes, with: endpoint)
                #expect(result.heard == bytes)
            }
        }
    }

    @Test func `a backlog of megabytes blocks, goes on and arrives whole`() async throws {
        let bytes = [UInt8](unsafeUninitializedCapacity: 16_000_000) { buffer, count in
            for index in 0..<16_000_000 { buffer[index] = UInt8(truncatingIfNeeded: index >> 10) }
            count = 16_000_000
        }
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let result = await loop.exchange(bytes, with: echo.endpoint(client))
            #expect(result.heard == bytes)
            #expect(result.reason == nil)
            #expect(try await echo.closed.next == nil)
        }
    }

    @Test(arguments: [([100, 200, 300], 1), ([16_384], 1), ([40_000], 3), ([9_000, 9_000], 2)])
    func `what a turn appends leaves in one record for every 16 KiB`(
        _ parts: [Int], _ records: Int
    ) async throws {
        try await withLoop { loop in
            let context = try TLSServerContext(server)
            let endpoint = try await loop.listen { stream in
                let peer = Peer()
                peer.onReceived = { _, stream in
                    for part in parts {
                        stream.output.append([UInt8](repeating: 7, count: part))
                        stream.flushAtEndOfTurn()
                    }
                }
                stream.expectSecurity(context)
                return peer
            }
            let total = parts.reduce(0, +)
            // The relay shows the records: after a ticket each 0x17 begins one of data.
            let sizes = Promise<[Int]>()
            let relay = try await loop.listen { front in
                let (near, far) = (Peer(), Peer())
                let back = ByteStream.connect(
                    to: endpoint, on: loop, timeout: .seconds(10), delegate: far)
                var seen: [UInt8] = []
                near.onReceived = { bytes, _ in
                    back.output.append(bytes)
                    back.flushAtEndOfTurn()
                }
                far.onReceived = { bytes, _ in
                    seen += bytes
                    front.output.append(bytes)
                    front.flushAtEndOfTurn()
                }
                near.onClosed = { _ in
                    back.close()
                    sizes.keep(Self.records(seen))
                }
                return near
            }
            loop.execute {
                let peer = Peer()
                var heard = 0
                peer.onOpened = { stream in
                    stream.output.append("x")
                    stream.flushAtEndOfTurn()
                }
                peer.onReceived = { bytes, stream in
                    heard += bytes.count
                    if heard == total { stream.close() }
                }
                loop.connect(Endpoint(host: relay.host, port: relay.port, tls: client), peer)
            }
            // TLS 1.3 adds a type byte and a tag of 16 bytes.
            let data = stride(from: 0, to: total, by: 16_384).map { min(16_384, total - $0) + 17 }
            let seen = await sizes.value
            #expect(data.count == records && seen.contains(data), "\(seen)")
        }
    }

    /// Lengths of the records in a stream of them.
    private static func records(_ bytes: [UInt8]) -> [Int] {
        var (sizes, index) = ([Int](), 0)
        while index + 5 <= bytes.count {
            sizes.append(Int(bytes[index + 3]) << 8 | Int(bytes[index + 4]))
            index += 5 + sizes[sizes.count - 1]
        }
        return sizes
    }

    @Test func `closing at once is an orderly end for the other side`() async throws {
        try await withLoop { loop in
            let context = try TLSServerContext(server)
            let endpoint = try await loop.listen { stream in
                let peer = Peer()
                peer.onReceived = { _, stream in stream.close() }
                stream.expectSecurity(context)
                return peer
            }
            let secured = Endpoint(host: endpoint.host, port: endpoint.port, tls: client)
            #expect(await loop.exchange(with: secured).reason == nil)
        }
    }

    @Test func `a turn has a share of handshakes, and the next one another`() async throws {
        try await withLoop { loop in
            let first = try await loop.run {
                var count = 0
                while loop.takeHandshakeStep() { count += 1 }
                return count
            }
            let next = try await loop.run { loop.takeHandshakeStep() }
            #expect(first == 16)
            #expect(next)
        }
    }
}
