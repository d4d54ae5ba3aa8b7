import Base
import Runtime
import Testing

@testable import Gateway

@Suite struct LogPacerTests {
    let start = Instant(nanoseconds: 0)

    @Test func `a peer is logged once a second, and each peer for itself`() {
        var pacer = LogPacer()
        let said = [("a", 0), ("a", 999), ("b", 999), ("a", 1000), ("a", 1999)]
        let allowed = said.map { pacer.allows($0.0, now: start + .milliseconds($0.1)) }
        #expect(allowed == [true, false, true, true, false])
    }

    @Test func `many peers are logged only as far as memory goes`() {
        var pacer = LogPacer()
        let lines = (0..<10_000).filter { pacer.allows("\($0)", now: start) }
        #expect(lines.count == LogPacer.peersMax)
        let isAllowedLater = pacer.allows("later", now: start + .seconds(1))
        #expect(isAllowedLater)
    }

    @Test func `the servers of all loops log a peer together`() throws {
        let group = ServerGroup(GatewayLimits())
        let peer = try #require(SocketAddress("192.0.2.1:1"))
        let allowed = [0, 0, 999, 1000].map {
            group.allowsLine(about: peer, now: start + .milliseconds($0))
        }
        #expect(allowed == [true, false, false, true])
    }
}
