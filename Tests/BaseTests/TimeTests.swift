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

    @Test func `times at the ends of the clock neither overflow nor turn round`() {
        let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect(last - first == .nanoseconds(Int64.max))
        #expect(first - last == .nanoseconds(Int64.min))
        let time = Timestamp(milliseconds: 5)
        #expect(time + .milliseconds(3) - time == .milliseconds(3))
    }
}
