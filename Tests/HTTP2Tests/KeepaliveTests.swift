import Base
import HTTP2
import Testing

@Suite struct KeepaliveTests {
    let start = Instant(nanoseconds: 0)

    func make() -> Keepalive {
        Keepalive(interval: .seconds(30), timeout: .seconds(20), now: start)
    }

    @Test func `silence is answered by one ping, and then by the end`() {
        var keepalive = make()
        #expect(keepalive.nextTick == start + .seconds(30))
        #expect(keepalive.tick(now: start + .milliseconds(29_999)) == .ignore)
        #expect(keepalive.tick(now: start + .seconds(30)) == .sendPing)
        #expect(keepalive.nextTick == start + .seconds(50))
        #expect(keepalive.tick(now: start + .milliseconds(49_999)) == .ignore)
        #expect(keepalive.tick(now: start + .seconds(50)) == .closeConnection)
        #expect(keepalive.nextTick == nil)
        #expect(keepalive.tick(now: start + .seconds(99)) == .ignore)
    }

    @Test func `any byte moves the ping`() {
        var keepalive = make()
        keepalive.received(now: start + .seconds(29))
        #expect(keepalive.tick(now: start + .seconds(30)) == .ignore)
        #expect(keepalive.tick(now: start + .seconds(59)) == .sendPing)
    }

    @Test func `any byte answers the ping`() {
        var keepalive = make()
        _ = keepalive.tick(now: start + .seconds(30))
        keepalive.received(now: start + .seconds(49))
        #expect(keepalive.tick(now: start + .seconds(50)) == .ignore)
        #expect(keepalive.nextTick == start + .seconds(79))
    }

    @Test func `a byte after the end does not revive the connection`() {
        var keepalive = make()
        _ = keepalive.tick(now: start + .seconds(30))
        _ = keepalive.tick(now: start + .seconds(50))
        keepalive.received(now: start + .seconds(51))
        #expect(keepalive.nextTick == nil)
        #expect(keepalive.tick(now: start + .seconds(200)) == .ignore)
    }
}
