import Base
import Testing

@testable import Streams

@Suite struct EventRingTests {
    @Test func `an event is found by its sequence until it is forgotten`() {
        var ring = EventRing<String>(countMax: 2)
        #expect(ring.isEmpty)
        #expect(ring.append("a", bytes: 1) == 1)
        #expect(ring.append("b", bytes: 1) == 2)
        #expect(ring[1] == "a")
        #expect(ring.append("c", bytes: 1) == 3)
        #expect(ring[1] == nil)
        #expect(ring[2] == "b")
        #expect(ring[3] == "c")
        #expect(ring[4] == nil)
        #expect(ring.first == 2)
        #expect(ring.last == 3)
    }

    @Test func `who falls off the end is told the exact gap`() {
        var ring = EventRing<Int>(countMax: 3)
        #expect(ring.gap(after: 0) == nil)
        for number in 1...3 { ring.append(number, bytes: 1) }
        #expect(ring.gap(after: 0) == nil)
        ring.append(4, bytes: 1)
        #expect(ring.gap(after: 0) == 1...1)
        #expect(ring.gap(after: 1) == nil)
        for number in 5...9 { ring.append(number, bytes: 1) }
        #expect(ring.gap(after: 2) == 3...6)
        #expect(ring.gap(after: .max) == nil)
    }

    @Test func `a cut gives memory back, and leaves the newest event`() {
        var ring = EventRing<Int>(countMax: 100_000)
        for number in 1...10_000 { ring.append(number, bytes: 8) }
        let full = ring.memory
        #expect(full >= 10_000 * 8)
        #expect(ring.cut(to: full, dropsMax: .max) { _ in true } == 0)
        let gone = ring.cut(to: full / 2, dropsMax: .max) { _ in true }
        #expect(ring.memory <= full / 2 && gone < 5200 && ring.first == UInt64(gone) + 1)
        #expect(ring.reach == ring.count && ring.reach == 10_000 - gone)
        #expect(ring.cut(to: 0, dropsMax: 100) { _ in true } == 100)
        _ = ring.cut(to: 0, dropsMax: .max) { $0 <= 9000 }
        // Chunks go whole.
        #expect(ring.first <= 9001 && ring.first > 9001 - 63)
        _ = ring.cut(to: 0, dropsMax: .max) { _ in true }
        #expect(ring.count <= 63 && ring[10_000] == 10_000)
        #expect(ring.memory < full / 50)
        let left = ring.count
        for number in 1...300 { ring.append(number, bytes: 8) }
        #expect(ring.count == left + 300 && ring.reach == ring.count)
    }

    @Test func `events with bytes of their own go one by one, but for the newest`() {
        var ring = EventRing<Int>(countMax: 100)
        for number in 1...40 { ring.append(number, bytes: 1008) }
        let places = ring.memory - 40_000
        #expect(ring.cut(to: places + 10_500, dropsMax: .max) { _ in true } == 30)
        _ = ring.cut(to: 0, dropsMax: .max) { _ in true }
        #expect(ring.count == 1 && ring[40] == 40)
    }

    @Test func `a ring that lost nothing to others reaches as far as it may`() {
        var ring = EventRing<Int>(countMax: 50)
        #expect(ring.reach == 50)
        for number in 1...500 { ring.append(number, bytes: 8) }
        #expect(ring.reach == 50 && ring.count == 50)
        // The spare chunk and what is forgotten do not add up.
        #expect(ring.memory <= 3 * 64 * 32)
    }

    @Test func `bytes are bounded, on both sides of the limit`() {
        var ring = EventRing<Int>(countMax: 100, bytesMax: 10)
        ring.append(1, bytes: 5)
        ring.append(2, bytes: 5)
        #expect(ring.count == 2)
        ring.append(3, bytes: 1)
        #expect(ring.first == 2)
        #expect(ring.bytes == 6)
        ring.append(4, bytes: 10)
        #expect(ring.first == 4)
        #expect(ring.bytes == 10)
        #expect(ring.append(5, bytes: 11) == 5)
        #expect(ring.isEmpty)
        #expect(ring.bytes == 0)
        #expect(ring.gap(after: 3) == 4...5)
        #expect(ring.append(6, bytes: 1) == 6)
        #expect(ring[6] == 6)
    }

    @Test func `a forgotten element is let go`() {
        final class Token: Sendable {}
        var ring = EventRing<Token>(countMax: 1)
        weak var first: Token?
        do {
            let token = Token()
            first = token
            ring.append(token, bytes: 1)
        }
        #expect(first != nil)
        ring.append(Token(), bytes: 1)
        #expect(first == nil)
    }

    @Test(arguments: [1, 16, 1000])
    func `a short ring keeps memory for less than twice its length`(countMax: Int) {
        var ring = EventRing<Int>(countMax: countMax)
        for step in 0..<5000 {
            ring.append(step, bytes: 1)
            #expect(ring.chunks.reduce(0) { $0 + $1.count } < 2 * countMax + 1)
        }
    }

    @Test(arguments: 1...20)
    func `a ring equals an array that drops its head`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let countMax = [1, 7, 1024, 1500, 3000][Int(seed % 5)]
        var ring = EventRing<Int>(countMax: countMax, bytesMax: 20_000, firstSequence: 500)
        var naive: [(sequence: UInt64, element: Int, bytes: Int)] = []
        for step in 0..<6000 {
            let size = Int.random(in: 0...20, using: &random)
            naive.append((ring.append(step, bytes: size), step, size))
            while naive.count > countMax || naive.reduce(0, { $0 + $1.bytes }) > 20_000 {
                naive.removeFirst()
                if naive.count < countMax / 2 { break }
            }
            guard step % 500 == 0 else { continue }
            #expect(ring.first == naive.first?.sequence)
            #expect(ring.bytes == naive.reduce(0) { $0 + $1.bytes })
            for entry in naive { #expect(ring[entry.sequence] == entry.element) }
        }
    }
}
