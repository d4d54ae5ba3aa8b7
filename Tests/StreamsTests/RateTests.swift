import Base
import Testing

@testable import Streams

@Suite struct RateTests {
    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func `the first one may happen at once, the next after the interval`() {
        var pace = Pace()
        let taken = [7, 506, 507].map { pace.takeIfDue(at: at($0), .ui) }
        #expect(taken == [true, false, true])
    }

    @Test func `a burst is as long as the bucket is deep, then the rate holds`() {
        var pace = Pace()
        let rate = Rate(perSecond: 10, burst: 3)
        let taken = (0..<1000).filter { pace.takeIfDue(at: at($0), rate) }
        #expect(taken.prefix(4) == [0, 1, 2, 100])
        #expect((11...12).contains(taken.count))
    }

    @Test func `a bucket that was full long ago is not fuller than full`() {
        var pace = Pace()
        let rate = Rate(perSecond: 100, burst: 2)
        _ = pace.takeIfDue(at: at(0), rate)
        let taken = (0..<5).filter { _ in pace.takeIfDue(at: at(60_000), rate) }
        #expect(taken.count == 2)
    }

    @Test(arguments: [Rate.ui, .backbone, .pro, .lowBandwidth, Rate(perSecond: 1000)])
    func `never more than burst and rate allow, whatever is tried`(rate: Rate) {
        var random = SeededRandom(seed: 1)
        var (pace, now, taken) = (Pace(), Int64(0), 0)
        for _ in 0..<20_000 {
            now += Int64(random.next() % 3_000_000)
            if pace.takeIfDue(at: Instant(nanoseconds: now), rate) { taken += 1 }
        }
        #expect(taken <= Int(rate.burst + now / rate.interval) + 1)
    }

    @Test(arguments: [(Rate.ui, 1, 2), (.backbone, 1, 10), (.pro, 100, 60), (.lowBandwidth, 1, 30)])
    func `a preset gives all that it promises`(rate: Rate, burst: Int, perSecond: Int) {
        var pace = Pace()
        var atOnce = 0
        while pace.takeIfDue(at: at(0), rate) { atOnce += 1 }
        #expect(atOnce == burst)
        let later = (1...100_000).count { step in
            pace.takeIfDue(at: Instant(nanoseconds: step * 100_000), rate)
        }
        #expect(later <= 10 * perSecond && later * 100 >= 10 * perSecond * 99)
    }

    @Test func `places of the grid divide the interval, so that ticks fall on places`() {
        for rate in [Rate.pro, .ui, Rate(interval: .nanoseconds(17)), Rate(perSecond: 7)] {
            let place = rate.place(atOrAfter: Instant(nanoseconds: 123_456_789))
            #expect(place.nanoseconds >= 123_456_789)
            #expect(place.nanoseconds - 123_456_789 < rate.grid)
            let next = Instant(nanoseconds: place.nanoseconds + rate.interval)
            #expect(rate.place(atOrAfter: next) == next)
        }
    }
}

@Suite struct FieldSetTests {
    @Test func `all fields of a kind are the same as all fields`() {
        #expect(FieldSet.Names.book.set(of: ["asks", "bids"]) == .all)
        #expect(FieldSet.Names.book.set(of: ["asks"]) == .asks)
    }

    @Test func `names of other kinds mean nothing`() {
        #expect(FieldSet.Names.tick.set(of: ["bids", "bid_price"]) == .bidPrice)
        #expect(FieldSet.Names.tick.set(of: ["bids"]) == nil)
        #expect(FieldSet.Names.none.set(of: ["bids"]) == nil)
    }

    @Test func `only fields of some kind are known`() {
        #expect(FieldSet.isKnown("last_id") && FieldSet.isKnown("asks"))
        #expect(!FieldSet.isKnown("Asks") && !FieldSet.isKnown(""))
    }
}
