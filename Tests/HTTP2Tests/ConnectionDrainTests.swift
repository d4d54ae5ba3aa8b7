import Base
import HTTP2
import Testing

@Suite struct ConnectionDrainTests {
    let start = Instant(nanoseconds: 0)

    @Test func `a drain announces, then names the last stream when the ping returns`() {
        var drain = ConnectionDrain(pingTimeout: .seconds(5))
        #expect(drain.nextTick == nil)
        #expect(drain.ponged(ConnectionDrain.pingOpaque) == .ignore)
        #expect(drain.begin(now: start) == .sendNoticeAndPing)
        #expect(drain.begin(now: start) == .ignore)
        #expect(drain.ponged(1) == .ignore)
        #expect(drain.ponged(ConnectionDrain.pingOpaque) == .sendGoAway)
        #expect(drain.ponged(ConnectionDrain.pingOpaque) == .ignore)
        #expect(drain.nextTick == nil)
    }

    @Test func `a ping that does not return is waited for no longer than its timeout`() {
        var drain = ConnectionDrain(pingTimeout: .seconds(5))
        #expect(drain.begin(now: start) == .sendNoticeAndPing)
        #expect(drain.nextTick == start + .seconds(5))
        #expect(drain.tick(now: start + .milliseconds(4999)) == .ignore)
        #expect(drain.tick(now: start + .seconds(5)) == .sendGoAway)
        #expect(drain.tick(now: start + .seconds(6)) == .ignore)
        #expect(drain.ponged(ConnectionDrain.pingOpaque) == .ignore)
        let isDraining = drain.isDraining
        #expect(isDraining)
    }
}
