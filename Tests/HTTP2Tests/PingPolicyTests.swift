import Base
import HTTP2
import Testing

@Suite struct PingPolicyTests {
    let start = Instant(nanoseconds: 0)

    func make() -> PingPolicy { PingPolicy(intervalMin: .seconds(9), strikesMax: 2) }

    @Test func `pings at the interval are tolerated for ever, with or without calls`() {
        var policy = make()
        for number in 0..<1000 {
            #expect(policy.receivedPing(now: start + .seconds(9 * number)) == .tolerate)
        }
    }

    @Test func `two that come too soon are tolerated, the third ends the connection`() {
        var policy = make()
        for _ in 0..<3 { #expect(policy.receivedPing(now: start) == .tolerate) }
        #expect(policy.receivedPing(now: start) == .endConnection)
        #expect(policy.receivedPing(now: start + .seconds(100)) == .endConnection)
    }

    @Test func `just below the interval is a strike, and strikes do not age`() {
        var policy = make()
        var now = start
        for _ in 0..<3 {
            #expect(policy.receivedPing(now: now) == .tolerate)
            now = now + .milliseconds(8999)
        }
        now = now + .seconds(3600)
        #expect(policy.receivedPing(now: now) == .tolerate)
        #expect(policy.receivedPing(now: now + .milliseconds(8999)) == .endConnection)
    }

    @Test func `what we send forgives every strike and the next ping`() {
        var policy = make()
        for _ in 0..<100 {
            for _ in 0..<3 { #expect(policy.receivedPing(now: start) == .tolerate) }
            policy.sentFrames()
        }
    }

    @Test func `what we send after the end changes nothing`() {
        var policy = make()
        policy.sentFrames()
        for _ in 0..<4 { _ = policy.receivedPing(now: start) }
        policy.sentFrames()
        #expect(policy.receivedPing(now: start) == .endConnection)
    }
}
