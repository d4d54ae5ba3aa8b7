import Base
import Testing

@Suite struct TimeTests {
    @Test func `a deadline for ever away stays in the future`() {
        let now = Instant(nanoseconds: 1_000_000_000)
        let farthest = now + .seconds(99_999_999 * 3600)
        #expect(farthest > now)
        #expect(farthest - now > .seconds(3600 * 24 * 365 * 290))
        #expect(now + .seconds(-99_999_999 * 3600) < now)
    }
}
