import Base
import CLinux
import Foundation
import Testing

@testable import Runtime

/// Whether there is a ring to test; the kernel or a sandbox may forbid it.
private let isAllowed = (try? SendRing()) != nil

@Suite(.timeLimit(.minutes(1)), .enabled(if: isAllowed, "io_uring is not allowed here"))
struct `Send ring` {
    /// States of a socket in which a send is answered differently.
    enum Case: CaseIterable {
        case whole, part, wouldBlock, brokenPipe, reset, noSocket
    }

    @Test(arguments: Case.allCases)
    func `a send through the ring is answered as a call is`(_ state: Case) throws {
        let bytes = [UInt8](repeating: 7, count: state == .part ? 4_000_000 : 1000)
        let (called, ringed) = (try Ends(state), try Ends(state))
        let ring = try SendRing()
        let expected = bytes.withUnsafeBytes { clinux_send(called.near, $0.baseAddress, $0.count) }
        let answer = bytes.withUnsafeBytes {
            ring.queue($0, to: ringed.near)
            #expect(ring.submit())
            return ring.conclude()
        }
        #expect(answer == expected)
        switch state {
        case .whole: #expect(answer == 1000)
        case .part: #expect(0 < answer && answer < 4_000_000)
        case .wouldBlock: #expect(answer == Int(-EAGAIN))
        case .brokenPipe: #expect(answer == Int(-EPIPE))
        case .reset: #expect(answer == Int(-ECONNRESET))
        case .noSocket: #expect(answer == Int(-EBADF))
        }
    }

    @Test func `answers come in the order of the queue, and what was refused holds up nobody`()
        throws
    {
        let ring = try SendRing(countMax: 8)
        let states: [Case] = [.whole, .noSocket, .wouldBlock, .whole, .brokenPipe, .whole]
        let ends = try states.map { try Ends($0) }
        let bytes = [UInt8](repeating: 7, count: 1000)
        for _ in 0..<5 {
            let answers = bytes.withUnsafeBytes { bytes in
                for end in ends { ring.queue(bytes, to: end.near) }
                #expect(ring.submit())
                return ends.map { _ in ring.conclude() }
            }
            #expect(answers == [1000, Int(-EBADF), Int(-EAGAIN), 1000, Int(-EPIPE), 1000])
        }
        #expect(ends[0].received() == 5000)
    }

    @Test func `an empty ring has nothing to submit`() throws {
        #expect(try !SendRing().submit())
    }

    @Test func `a ring that the kernel does not give says so`() {
        #expect(throws: SystemError.failed(doing: "use io_uring", code: EINVAL)) {
            // The kernel's limit is 32,768.
            try SendRing(countMax: 1 << 20)
        }
    }

    @Test func `a ring that fails sends one by one`() throws {
        let ring = try SendRing(countMax: 4)
        try breakDescriptor(of: ring)
        let ends = try [Ends(.whole), Ends(.wouldBlock), Ends(.whole)]
        let bytes = [UInt8](repeating: 7, count: 1000)
        for _ in 0..<3 {
            let answers = bytes.withUnsafeBytes { bytes in
                for end in ends { ring.queue(bytes, to: end.near) }
                #expect(ring.submit())
                return ends.map { _ in ring.conclude() }
            }
            #expect(answers == [1000, Int(-EAGAIN), 1000])
        }
        #expect(ends[2].received() == 3000)
    }

    /// Puts another file in the place of the ring, so that the kernel takes nothing.
    private func breakDescriptor(of ring: SendRing) throws {
        let other = open("/dev/null", O_RDWR)
        defer { close(other) }
        try #require(dup2(other, ring.descriptor) == ring.descriptor)
    }
}

@Suite(.timeLimit(.minutes(1)), .enabled(if: isAllowed, "io_uring is not allowed here"))
struct `Sends of a turn` {
    @Test(arguments: [(2, 0), (3, 1), (4, 1), (5, 2), (12, 3)])
    func `go together from three on, at most four at a time`(
        streams count: Int, batches: UInt64
    ) async throws {
        let (sent, together) = (Counter(), Counter())
        let ring = try SendRing(countMax: 4, worthwhile: 3)
        try await with(try EventLoop(name: "ring test", sendRing: ring)) { loop in
            let streams = Promise<[Confined<ByteStream>]>()
            let accepted = Locked<[Confined<ByteStream>]>([])
            let endpoint = try await loop.listen { stream in
                let all = accepted.withLock { accepted in
                    accepted.append(Confined(stream, to: loop))
                    return accepted
                }
                if all.count == count { streams.keep(all) }
                return Peer()
            }
            let received = Promise<[String]>()
            loop.execute {
                var texts: [String] = []
                for _ in 0..<count {
                    let peer = Peer()
                    peer.onReceived = { bytes, _ in
                        texts.append(String(decoding: bytes, as: UTF8.self))
                        if texts.count == count { received.keep(texts) }
                    }
                    loop.connect(endpoint, peer)
                }
            }
            let all = await streams.value
            loop.execute {
                loop.countSends(with: sent, batches: together)
                for (index, stream) in all.enumerated() {
                    stream.open().output.append(Array("to \(index)".utf8))
                    stream.open().flushAtEndOfTurn()
                }
            }
            #expect(await received.value.sorted() == (0..<count).map { "to \($0)" }.sorted())
        }
        #expect(sent.value == UInt64(count))
        #expect(together.value == batches)
    }
}

/// Two connected sockets of which the near one is in a given state.
private final class Ends {
    let near: Int32
    private let far: Int32

    init(_ state: `Send ring`.Case) throws {
        var pair: [Int32] = [-1, -1]
        if state == .reset {
            pair = try Ends.connected()
        } else {
            let code = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
            try #require(code == 0)
        }
        for end in pair { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        switch state {
        case .whole, .part: break
        case .wouldBlock:
            let chunk = [UInt8](repeating: 1, count: 100_000)
            while clinux_send(pair[0], chunk, chunk.count) > 0 {}
        case .brokenPipe: close(pair[1])
        case .reset:
            var atOnce = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<linger>.size)
            setsockopt(pair[1], SOL_SOCKET, SO_LINGER, &atOnce, size)
            close(pair[1])
            // The reset has arrived when the end can be read.
            var event = pollfd(fd: pair[0], events: Int16(POLLIN), revents: 0)
            try #require(poll(&event, 1, 10_000) == 1)
        case .noSocket: close(pair[0])
        }
        near = state == .noSocket ? Int32.max : pair[0]
        far = state == .brokenPipe || state == .reset ? -1 : pair[1]
    }

    deinit {
        close(near)
        close(far)
    }

    /// Bytes that have arrived.
    func received() -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        return Int(clinux_receive(far, &buffer, buffer.count))
    }

    /// Over TCP, because only that knows resets.
    private static func connected() throws -> [Int32] {
        var address = clinux_address()
        try #require(clinux_parse_address("127.0.0.1", &address) == 1)
        let listener = clinux_socket(0)
        defer { close(listener) }
        try #require(clinux_bind(listener, &address, 0) == 0)
        try #require(clinux_listen(listener, 1) == 0)
        try #require(clinux_local_address(listener, &address) == 0)
        let near = clinux_socket(0)
        try #require([0, clinux_in_progress()].contains(clinux_connect(near, &address)))
        var event = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        try #require(poll(&event, 1, 10_000) == 1)
        var peer = clinux_address()
        let far = clinux_accept(listener, &peer)
        try #require(far >= 0)
        return [near, far]
    }
}
