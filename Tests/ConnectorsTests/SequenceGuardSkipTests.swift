import Testing

@testable import Connectors

/// A stream whose past is known from elsewhere.
@Suite struct SequenceGuardSkipTests {
    enum Kind: CaseIterable { case contiguous, increasing }

    private func hears(
        _ ids: some Sequence<UInt64>, _ kind: Kind, _ sequence: inout SequenceGuard
    ) -> [SequenceGuard.Verdict] {
        ids.map { kind == .contiguous ? sequence.contiguous($0) : sequence.increasing($0) }
    }

    private func makeGuard(heard ids: ClosedRange<UInt64>?, _ kind: Kind) -> SequenceGuard {
        var sequence = SequenceGuard()
        if let ids { _ = hears(ids, kind, &sequence) }
        return sequence
    }

    @Test(arguments: Kind.allCases)
    func `a stream that was never heard goes on after what is known`(kind: Kind) {
        var sequence = SequenceGuard()
        sequence.skip(through: 100)
        #expect(sequence.newest == nil)
        #expect(hears([101, 102], kind, &sequence) == [.next, .next])
    }

    @Test(arguments: Kind.allCases)
    func `a stream that was never heard and is behind is older until it is beyond`(kind: Kind) {
        var sequence = SequenceGuard()
        sequence.skip(through: 100)
        #expect(
            hears([98, 99, 100, 101, 102], kind, &sequence) == [
                .older, .older, .older, .next, .next,
            ])
    }

    @Test(arguments: Kind.allCases)
    func `a stream that is behind is older until it is beyond`(kind: Kind) {
        var sequence = makeGuard(heard: 90...95, kind)
        sequence.skip(through: 100)
        let verdicts = hears(96...102, kind, &sequence)
        #expect(verdicts.prefix(5).allSatisfy { $0 == .older })
        #expect(verdicts.suffix(2) == [.next, .next])
    }

    @Test(arguments: Kind.allCases)
    func `a stream that has exactly what is known goes on`(kind: Kind) {
        var sequence = makeGuard(heard: 90...100, kind)
        sequence.skip(through: 100)
        #expect(hears([100, 101], kind, &sequence) == [.older, .next])
    }

    @Test(arguments: Kind.allCases)
    func `a stream that is ahead goes on`(kind: Kind) {
        var sequence = makeGuard(heard: 90...110, kind)
        let before = sequence
        sequence.skip(through: 100)
        #expect(sequence == before)
        #expect(hears([105, 111], kind, &sequence) == [.older, .next])
    }

    @Test func `what is missing after what is known is a hole, not what is before it`() {
        for heard in [nil, 90...95] as [ClosedRange<UInt64>?] {
            var sequence = makeGuard(heard: heard, .contiguous)
            sequence.skip(through: 100)
            #expect(sequence.contiguous(104) == .hole(from: 101, through: 103))
            #expect(sequence.contiguous(105) == .next)
        }
    }

    @Test func `a hole that ends where what is known ends is none`() {
        var sequence = makeGuard(heard: 90...95, .contiguous)
        sequence.skip(through: 100)
        #expect(hears([97, 101, 102], .contiguous, &sequence) == [.older, .next, .next])
    }

    @Test func `after the boundary holes are named as ever`() {
        var sequence = makeGuard(heard: 90...95, .contiguous)
        sequence.skip(through: 100)
        #expect(
            hears([99, 101, 104], .contiguous, &sequence) == [
                .older, .next, .hole(from: 102, through: 103),
            ])
    }

    @Test func `what only grows may jump over the boundary`() {
        var sequence = makeGuard(heard: 90...95, .increasing)
        sequence.skip(through: 100)
        #expect(hears([99, 140, 130], .increasing, &sequence) == [.older, .next, .older])
    }

    @Test(arguments: Kind.allCases)
    func `however far a stream is behind, that is no counting anew`(kind: Kind) {
        for heard in [nil, 1...1, 1...20] as [ClosedRange<UInt64>?] {
            var sequence = makeGuard(heard: heard, kind)
            sequence.skip(through: 100)
            let verdicts = hears(21...100, kind, &sequence)
            #expect(verdicts.allSatisfy { $0 == .older })
            #expect(hears([101], kind, &sequence) == [.next])
        }
    }

    @Test(arguments: Kind.allCases)
    func `a venue that counts anew while behind is believed, and what was known is not`(
        kind: Kind
    ) {
        var sequence = makeGuard(heard: 50...60, kind)
        sequence.skip(through: 100)
        #expect(hears(61...70, kind, &sequence).allSatisfy { $0 == .older })
        let verdicts = hears(1...12, kind, &sequence)
        #expect(verdicts.prefix(10).allSatisfy { $0 == .older })
        #expect(verdicts[10] == (kind == .contiguous ? .hole(from: 1, through: 10) : .next))
        #expect(verdicts[11] == .next)
        #expect(hears([13, 14], kind, &sequence) == [.next, .next])
    }

    @Test(arguments: Kind.allCases)
    func `a venue that counts anew after the boundary is believed`(kind: Kind) {
        var sequence = makeGuard(heard: 50...60, kind)
        sequence.skip(through: 100)
        #expect(hears([99, 101, 102], kind, &sequence) == [.older, .next, .next])
        let verdicts = hears(1...12, kind, &sequence)
        #expect(verdicts.prefix(10).allSatisfy { $0 == .older })
        #expect(verdicts[10] == (kind == .contiguous ? .hole(from: 1, through: 10) : .next))
        #expect(verdicts[11] == .next)
    }

    @Test(arguments: Kind.allCases)
    func `a venue that counts anew, heard for the first time, is older until it is beyond`(
        kind: Kind
    ) {
        var sequence = SequenceGuard()
        sequence.skip(through: 100)
        #expect(hears(1...100, kind, &sequence).allSatisfy { $0 == .older })
        #expect(sequence.newest == 100)
    }

    @Test(arguments: Kind.allCases)
    func `the greatest id there is can be known`(kind: Kind) {
        var sequence = makeGuard(heard: 5...5, kind)
        sequence.skip(through: .max)
        #expect(hears([6, .max], kind, &sequence) == [.older, .older])
    }

    @Test func `any stream joined to any known past tells each id once or names it`() {
        for first in UInt64(1)...8 {
            for known in UInt64(1)...30 {
                for missing in UInt64(1)...30 {
                    var sequence = SequenceGuard()
                    let heard = first...min(first + 7, 30)
                    _ = hears(heard.filter { $0 != missing }, .contiguous, &sequence)
                    let newest = sequence.newest ?? 0
                    sequence.skip(through: known)
                    var told: Set<UInt64> = []
                    for id in newest + 1...31 where id != missing {
                        switch sequence.contiguous(id) {
                        case .older: continue
                        case .hole(let from, let through): told.formUnion(from...through)
                        case .next: break
                        }
                        #expect(told.insert(id).inserted)
                    }
                    #expect(told == Set(max(known, newest) + 1...31))
                }
            }
        }
    }
}
