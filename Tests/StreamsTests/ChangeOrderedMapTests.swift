import Base
import Testing

@testable import Streams

@Suite struct ChangeOrderedMapTests {
    @Test func `a delta names what changed since its base, newest first`() {
        var map = ChangeOrderedMap<String, Int>()
        map.set("open", to: 1, at: 1)
        map.set("bid", to: 2, at: 2)
        map.set("ask", to: 3, at: 3)
        map.set("bid", to: 4, at: 4)
        #expect(map.texts(since: 2) == ["bid 4", "ask 3"])
        #expect(map.texts(since: 0) == ["bid 4", "ask 3", "open 1"])
        #expect(map.texts(since: 4) == [])
    }

    @Test func `an equal value is no change`() {
        var map = ChangeOrderedMap<String, Int>()
        #expect(map.set("bid", to: 1, at: 1) == true)
        #expect(map.set("bid", to: 1, at: 2) == false)
        #expect(map.sequence == 1)
        #expect(map.remove("ask", at: 3) == false)
    }

    @Test func `a removal is told until it is forgotten, then the base is too old`() {
        var map = ChangeOrderedMap<Int, Int>(tombstonesMax: 2)
        for key in 1...3 { map.set(key, to: key, at: UInt64(key)) }
        for key in 1...2 { map.remove(key, at: UInt64(3 + key)) }
        #expect(map.texts(since: 3) == ["2 nil", "1 nil"])
        #expect(map.horizon == 0)
        map.remove(3, at: 6)
        #expect(map.horizon == 4)
        #expect(map.texts(since: 3) == nil)
        #expect(map.texts(since: 4) == ["3 nil", "2 nil"])
        #expect(map.texts(since: 7) == nil)
        #expect(map.count == 0)
    }

    @Test func `a key that returns takes its tombstone's place`() {
        var map = ChangeOrderedMap<Int, Int>(tombstonesMax: 1)
        map.set(1, to: 1, at: 1)
        map.remove(1, at: 2)
        map.set(1, to: 1, at: 3)
        map.set(2, to: 2, at: 4)
        map.remove(2, at: 5)
        #expect(map.horizon == 0)
        #expect(map.texts(since: 1) == ["2 nil", "1 1"])
        #expect(map[1] == 1)
        #expect(map[2] == nil)
    }

    @Test(arguments: 1...30)
    func `from any base within the horizon a follower ends at the map's state`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var map = ChangeOrderedMap<Int, Int>(tombstonesMax: 1 + Int(seed % 12))
        var history: [[Int: Int]] = [[:]]
        var present: [Int: Int] = [:]
        for sequence in 1...UInt64(1000) {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let key = Int.random(in: 0..<25, using: &random)
                if random.chance(0.4) {
                    #expect(map.remove(key, at: sequence) == (present[key] != nil))
                    present[key] = nil
                } else {
                    let value = Int.random(in: 0..<4, using: &random)
                    #expect(map.set(key, to: value, at: sequence) == (present[key] != value))
                    present[key] = value
                }
            }
            history.append(present)
            let base = UInt64.random(in: 0...sequence, using: &random)
            let start = Int.random(in: Int(base)...Int(sequence), using: &random)
            var follower = history[start]
            let isPossible = map.changes(since: base) { follower[$0] = $1 }
            if isPossible { #expect(follower == present) }
            if base <= map.sequence { #expect(isPossible == (base >= map.horizon)) }
            #expect(map.count == present.count)
        }
        #expect(map.horizon > 0)
    }

    // MARK: Copies

    @Test(arguments: 1...200)
    func `a copy gives the same deltas from every base, and goes on alike`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let tombstonesMax = 1 + Int(seed % 9)
        var map = ChangeOrderedMap<Int, Int>(tombstonesMax: tombstonesMax)
        var sequence: UInt64 = 0
        for _ in 0..<Int(random.next() % 120) { disturb(&map, &sequence, &random) }
        var copy = try #require(
            ChangeOrderedMap(
                changes: map.changes, horizon: map.horizon, tombstonesMax: tombstonesMax))
        try compare(copy, map)
        for _ in 0..<40 {
            var (first, second) = (random, random)
            var (one, other) = (sequence, sequence)
            disturb(&map, &one, &first)
            disturb(&copy, &other, &second)
            (random, sequence) = (first, one)
            try compare(copy, map)
        }
    }

    private func disturb(
        _ map: inout ChangeOrderedMap<Int, Int>, _ sequence: inout UInt64,
        _ random: inout SeededRandom
    ) {
        // Several changes may share a sequence.
        if random.chance(0.7) { sequence += 1 }
        let key = Int.random(in: 0..<20, using: &random)
        if random.chance(0.4) {
            map.remove(key, at: sequence)
        } else {
            map.set(key, to: Int.random(in: 0..<4, using: &random), at: sequence)
        }
    }

    private func compare(
        _ copy: ChangeOrderedMap<Int, Int>, _ map: ChangeOrderedMap<Int, Int>
    ) throws {
        try #require(copy.count == map.count)
        try #require(copy.horizon == map.horizon && copy.sequence == map.sequence)
        for base in 0...map.sequence + 1 {
            try #require(copy.texts(since: base) == map.texts(since: base), "base \(base)")
        }
    }

    @Test func `changes that fall, or name a key twice, are no map`() {
        typealias Map = ChangeOrderedMap<Int, Int>
        func map(_ changes: [(Int, Int?, UInt64)]) -> Map? {
            let changes = changes.map { Map.Change(key: $0.0, value: $0.1, sequence: $0.2) }
            return Map(changes: changes, horizon: 0)
        }
        #expect(map([]) != nil)
        #expect(map([(1, 1, 5), (2, nil, 5), (3, 3, 6)])?.count == 2)
        #expect(map([(1, 1, 5), (2, 2, 4)]) == nil)
        #expect(map([(1, 1, 5), (1, 2, 6)]) == nil)
        #expect(map([(1, nil, 5), (1, 2, 6)]) == nil)
        #expect(map([(1, nil, 5), (1, nil, 5)]) == nil)
    }

    @Test func `a copy with fewer tombstones forgets the oldest and moves its horizon`() throws {
        var map = ChangeOrderedMap<Int, Int>(tombstonesMax: 8)
        for key in 1...6 { map.set(key, to: key, at: UInt64(key)) }
        for key in 1...5 { map.remove(key, at: UInt64(10 + key)) }
        let same = try #require(
            ChangeOrderedMap(changes: map.changes, horizon: map.horizon, tombstonesMax: 5))
        #expect(same.horizon == 0)
        let copy = try #require(
            ChangeOrderedMap(changes: map.changes, horizon: map.horizon, tombstonesMax: 2))
        #expect(copy.horizon == 13)
        #expect(copy.texts(since: 12) == nil)
        #expect(copy.texts(since: 13) == ["5 nil", "4 nil"])
        #expect(copy.count == 1)
        #expect(copy[6] == 6)
    }

    @Test func `a horizon is kept though nothing that is left says why`() throws {
        let map = try #require(
            ChangeOrderedMap<Int, Int>(
                changes: [.init(key: 1, value: 1, sequence: 3)], horizon: 7))
        #expect(map.texts(since: 3) == nil)
        #expect(map.texts(since: 7) == nil)
    }
}

extension ChangeOrderedMap {
    fileprivate func texts(since base: UInt64) -> [String]? {
        var texts: [String] = []
        let isPossible = changes(since: base) { key, value in
            texts.append("\(key) \(value.map { "\($0)" } ?? "nil")")
        }
        return isPossible ? texts : nil
    }
}
