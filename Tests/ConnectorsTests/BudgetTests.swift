import Base
import Testing

@testable import Connectors

private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

@Suite struct WeightBudgetTests {
    @Test func `no minute ever uses more than 80 percent of the limit`() {
        var budget = WeightBudget(limit: 6000)
        var spent: [Instant] = []
        for step in 0..<30_000 {
            let now = at(Double(step) * 0.01)
            if budget.take(50, at: now) { spent.append(now) }
        }
        for end in spent {
            let minute = spent.count { $0 <= end && end - $0 < .seconds(60) }
            #expect(minute * 50 <= 4800)
        }
        #expect(spent.count * 50 > 14_000)
    }

    @Test func `half goes at once and the rest comes back evenly`() {
        var budget = WeightBudget(limit: 6000)
        for _ in 0..<48 {
            let taken = budget.take(50, at: at(1))
            #expect(taken)
        }
        let more = budget.take(50, at: at(1))
        #expect(!more)
        let early = budget.take(50, at: at(2.24))
        #expect(!early)
        let due = budget.take(50, at: at(2.25))
        #expect(due)
    }

    @Test func `asking often does not lose what comes back`() {
        var budget = WeightBudget(limit: 6000)
        for _ in 0..<48 { _ = budget.take(50, at: at(0)) }
        for step in 0..<100_000 { _ = budget.available(at: at(Double(step) / 100_000)) }
        #expect(budget.available(at: at(1)) == 40)
    }

    @Test func `the venue's own count replaces ours in both directions`() {
        var budget = WeightBudget(limit: 6000)
        _ = budget.take(250, at: at(0))
        budget.answered(weight: 250, usedByVenue: 2300, at: at(0))
        #expect(budget.available(at: at(0)) == 100)
        _ = budget.take(50, at: at(0))
        budget.answered(weight: 50, usedByVenue: 50, at: at(0))
        #expect(budget.available(at: at(0)) == 2350)
        _ = budget.take(50, at: at(0))
        budget.answered(weight: 50, usedByVenue: 5900, at: at(0))
        #expect(budget.available(at: at(0)) == 0)
        #expect(budget.available(at: at(20)) == 0)
        #expect(budget.available(at: at(60)) > 0)
    }

    @Test func `a refusal stops everybody until the venue's deadline`() {
        var budget = WeightBudget(limit: 6000)
        _ = budget.take(50, at: at(0))
        budget.refused(weight: 50, isBan: false, retryAfter: .seconds(30), at: at(0))
        let early = budget.take(5, at: at(29.9))
        #expect(!early)
        let due = budget.take(5, at: at(30))
        #expect(due)
    }

    @Test func `a refusal without a deadline waits longer each time, a ban two minutes`() {
        var budget = WeightBudget(limit: 6000)
        budget.refused(weight: 0, isBan: false, retryAfter: nil, at: at(0))
        #expect(budget.available(at: at(4.9)) == 0)
        #expect(budget.available(at: at(5)) > 0)
        budget.refused(weight: 0, isBan: false, retryAfter: nil, at: at(5))
        #expect(budget.available(at: at(14.9)) == 0)
        #expect(budget.available(at: at(15)) > 0)
        budget.refused(weight: 0, isBan: true, retryAfter: nil, at: at(20))
        #expect(budget.available(at: at(139.9)) == 0)
        #expect(budget.available(at: at(140)) > 0)
    }

    @Test func `a new limit keeps what was spent`() {
        var budget = WeightBudget(limit: 6000)
        _ = budget.take(400, at: at(0))
        budget.limitChanged(to: 1200)
        #expect(budget.available(at: at(0)) == 80)
    }
}

@Suite struct SendBudgetTests {
    @Test func `texts use four of five places in any second, a pong the fifth`() {
        var budget = SendBudget()
        for _ in 0..<4 {
            let taken = budget.takeText(at: at(1))
            #expect(taken)
        }
        let fifth = budget.takeText(at: at(1.999))
        let pong = budget.takePong(at: at(1.999))
        let secondPong = budget.takePong(at: at(1.999))
        let later = budget.takeText(at: at(2))
        #expect([fifth, pong, secondPong, later] == [false, true, false, true])
    }
}

@Suite struct RetryBackoffTests {
    @Test func `waits double from a tenth of a second to five and start again after success`() {
        var backoff = RetryBackoff()
        var random = SeededRandom(seed: 1)
        var nominal = 0.1
        for _ in 0..<10 {
            let wait = backoff.next(using: &random).inSeconds
            #expect(wait <= nominal && wait >= nominal / 2)
            nominal = min(5, nominal * 2)
        }
        backoff.succeeded()
        #expect(backoff.next(using: &random).inSeconds <= 0.1)
    }

    @Test func `no five minutes see more than 300 attempts, and none waits longer than 2 s`() {
        var budget = AttemptBudget()
        var taken: [Instant] = []
        for step in 0..<20_000 {
            let now = at(Double(step) * 0.05)
            if budget.take(at: now) { taken.append(now) }
        }
        for end in taken {
            #expect(taken.count { $0 <= end && end - $0 < .seconds(300) } <= 300)
        }
        let waits = zip(taken, taken.dropFirst()).map { $1 - $0 }
        #expect(waits.allSatisfy { $0 <= .milliseconds(2050) })
        #expect(taken.prefix(150).last == at(149 * 0.05))
    }
}

@Suite struct SequenceGuardTests {
    @Test func `a repeat is older, a jump is a named hole, what fills it comes too late`() {
        var ids = SequenceGuard()
        let verdicts = [5, 6, 6, 9, 8, 10].map { ids.contiguous($0) }
        #expect(
            verdicts == [.next, .next, .older, .hole(from: 7, through: 8), .older, .next])
    }

    @Test func `a venue that counts anew is believed at the eleventh, the ten before are a hole`() {
        var ids = SequenceGuard()
        _ = ids.contiguous(1_000_000)
        let verdicts = (1...12).map { ids.contiguous($0) }
        #expect(verdicts.prefix(10).allSatisfy { $0 == .older })
        #expect(verdicts.suffix(2) == [.hole(from: 1, through: 10), .next])
        var growing = SequenceGuard()
        _ = growing.increasing(.max)
        let later = (1...12).map { growing.increasing($0 * 10) }
        #expect(later == Array(repeating: .older, count: 10) + [.next, .next])
    }

    @Test func `older ids between newer ones are never a new count`() {
        var ids = SequenceGuard()
        for id in UInt64(100)..<200 {
            _ = ids.contiguous(id)
            #expect(ids.contiguous(id - 50) == .older)
        }
    }

    @Test func `increasing ids may jump`() {
        var ids = SequenceGuard()
        let verdicts = [5, 60, 60, 59, 61].map { ids.increasing($0) }
        #expect(verdicts == [.next, .next, .older, .older, .next])
    }
}

@Suite struct SymbolIndexTests {
    @Test func `every key is found by its bytes, and no other`() {
        var index = SymbolIndex()
        for number in 0..<500 {
            #expect(index.insert(Array("sym\(number)usdt".utf8)) == number)
        }
        #expect(index.insert(Array("sym7usdt".utf8)) == 7)
        for number in 0..<500 {
            let name = Array("sym\(number)usdt@trade".utf8)
            #expect(index.find(name.span.bytes, count: name.count - 6) == number)
            #expect(index.find(name.span.bytes, count: name.count - 7) == nil)
        }
    }
}
