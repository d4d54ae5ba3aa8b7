import Base
import Testing

@testable import Core

@Suite struct SizeTableTests {
    private func level(of sizes: [Int], total: Int) -> Int {
        var table = SizeTable()
        for size in sizes { table.add(size) }
        return table.level(total: total)
    }

    @Test(arguments: [
        ([], 10, Int.max), ([3, 4], 10, .max), ([5, 5], 10, .max), ([6, 5], 10, 5),
        ([1, 100, 2, 50], 43, 20), ([7, 7, 7], 0, 0), ([.max / 2, 1], 1 << 40, (1 << 40) - 1),
    ])
    func `the larger ones are cut to one level`(sizes: [Int], total: Int, expected: Int) {
        #expect(level(of: sizes, total: total) == expected)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `what is cut fits, and hardly more is cut than has to be`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let most = 1 << Int.random(in: 0...30, using: &random)
        let sizes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            Int.random(in: 0...most, using: &random)
        }
        let total = Int.random(in: 0...20 * most, using: &random)
        let level = level(of: sizes, total: total)
        let left = sizes.reduce(0) { $0 + min($1, level) }
        #expect(left <= total)
        if level == .max { return }
        #expect(sizes.reduce(0, +) > total && left + sizes.count + total / 8 >= total)
    }
}
