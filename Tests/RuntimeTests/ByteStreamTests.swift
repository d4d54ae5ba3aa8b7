import Base
import Runtime
import Testing

@Suite(.timeLimit(.minutes(1))) struct ByteStreamTests {
    @Test func `bytes sent to an echo server come back`() async throws {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let reply = Promise<[UInt8]>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { stream in
                    stream.output.append("hello")
                    stream.flushAtEndOfTurn()
                }
                var received: [UInt8] = []
                peer.onReceived = { bytes, stream in
                    received += bytes
                    if received.count == 5 { reply.keep(received) }
                }
                loop.connect(endpoint, peer)
            }
            #expect(await reply.value == Array("hello".utf8))
        }
    }
}
