import Base
import Testing

@testable import HTTP2

@Suite struct RateBudgetTests {
    let rate = FrameRate(burst: 3, perSecond: 10)
    let start = Instant(nanoseconds: 5_000_000_000)

    @Test func `a burst passes whole, and one more does not`() {
        var budget = RateBudget()
        let taken = (0..<4).map { _ in budget.take(rate, now: start) }
        #expect(taken == [true, true, true, false])
    }

    @Test func `what was refused costs nothing, and time gives back`() {
        var budget = RateBudget()
        for _ in 0..<50 { _ = budget.take(rate, now: start) }
        let taken = [99, 100, 100].map { budget.take(rate, now: start + .milliseconds($0)) }
        #expect(taken == [false, true, false])
    }

    @Test func `a long rest earns one burst, not more`() {
        var budget = RateBudget()
        _ = budget.take(rate, now: start)
        let later = start + .seconds(1000)
        let taken = (0..<4).map { _ in budget.take(rate, now: later) }
        #expect(taken == [true, true, true, false])
    }

    @Test func `what is earned can be taken at once, however much it is`() {
        var budget = RateBudget()
        for _ in 0..<3 { _ = budget.take(rate, now: start) }
        budget.earn(2, rate)
        let earned = (0..<3).map { _ in budget.take(rate, now: start) }
        #expect(earned == [true, true, false])
        budget.earn(.max, rate)
        let taken = (0..<4).map { _ in budget.take(rate, now: start) }
        #expect(taken == [true, true, true, false])
    }
}
