import Base
import Market
import Testing

@testable import Streams

/// Random filters against an evaluator that knows whole numbers and recursion only.
@Suite struct FilterPropertyTests {
    indirect enum Tree {
        case number(Int, String, Int64)
        case change(Int, Int64, percent: Bool, strict: Bool)
        case symbol(Bool)
        case not(Tree), and(Tree, Tree), or(Tree, Tree)

        static let fields = [
            "best_bid_price", "best_bid_quantity", "best_ask_price",
            "best_ask_quantity",
        ]

        init(_ random: inout SeededRandom, depth: Int) {
            switch random.next() % (depth == 0 ? 4 : 8) {
            case 0, 1:
                let sign = ["==", "!=", "<", "<=", ">", ">="][Int(random.next() % 6)]
                self = .number(Int(random.next() % 4), sign, Int64(random.next() % 9))
            case 2:
                self = .change(
                    Int(random.next() % 4), Int64(random.next() % 80) + 1,
                    percent: random.chance(0.5), strict: random.chance(0.5))
            case 3: self = .symbol(random.chance(0.5))
            case 4, 5: self = .not(Tree(&random, depth: depth - 1))
            case 6:
                self = .and(Tree(&random, depth: depth - 1), Tree(&random, depth: depth - 1))
            default:
                self = .or(Tree(&random, depth: depth - 1), Tree(&random, depth: depth - 1))
            }
        }

        var text: String {
            switch self {
            case .number(let field, let sign, let number): "\(Self.fields[field]) \(sign) \(number)"
            case .change(let field, let minimum, let percent, let strict):
                "change(\(Self.fields[field])) \(strict ? ">" : ">=") \(minimum)"
                    + (percent ? "%" : "e-1")
            case .symbol(let isOurs): "symbol == \(isOurs ? "BTC/USDT" : "ETH/USDT")"
            case .not(let inner): "not (\(inner.text))"
            case .and(let left, let right): "(\(left.text)) and (\(right.text))"
            case .or(let left, let right): "(\(left.text)) or (\(right.text))"
            }
        }

        func holds(_ values: [Int64?], _ told: [Int64?]) -> Bool {
            switch self {
            case .number(let field, let sign, let number):
                guard let value = values[field] else { return false }
                switch sign {
                case "==": return value == number
                case "!=": return value != number
                case "<": return value < number
                case "<=": return value <= number
                case ">": return value > number
                default: return value >= number
                }
            case .change(let field, let minimum, let percent, let strict):
                guard let value = values[field], let old = told[field] else {
                    return (values[field] == nil) != (told[field] == nil)
                }
                if value == old { return false }
                let change = abs(value - old) * (percent ? 100 : 10)
                let bound = percent ? minimum * old : minimum
                return strict ? change > bound : change >= bound
            case .symbol(let isOurs): return isOurs
            case .not(let inner): return !inner.holds(values, told)
            case .and(let left, let right):
                return left.holds(values, told) && right.holds(values, told)
            case .or(let left, let right):
                return left.holds(values, told) || right.holds(values, told)
            }
        }
    }

    static func values(_ numbers: [Int64?]) -> FilterValues {
        let all = numbers.map { $0.map { Decimal(mantissa: $0, exponent: 0) } }
        return FilterValues(all[0], all[1], all[2], all[3])
    }

    @Test func `a compiled filter says what its text says`() throws {
        var limits = FilterLimits()
        limits.depthMax = 64
        for seed in 0..<3000 {
            var random = SeededRandom(seed: UInt64(seed))
            let tree = Tree(&random, depth: 4)
            let filter = try Filter(parsing: tree.text, limits: limits)
            let verdict = try filter.compiled(for: .book, symbol: Symbol("BTC/USDT"))
            for _ in 0..<8 {
                func numbers() -> [Int64?] {
                    (0..<4).map { _ in random.chance(0.15) ? nil : Int64(random.next() % 9) }
                }
                let (now, told) = (numbers(), numbers())
                let expected = tree.holds(now, told)
                let passes =
                    switch verdict {
                    case .always: true
                    case .never: false
                    case .sometimes(let program):
                        program.passes(Self.values(now), since: Self.values(told))
                    }
                #expect(passes == expected, "seed \(seed): \(tree.text), \(now) after \(told)")
            }
        }
    }

    @Test func `an unknown past withholds nothing that any past would let pass`() throws {
        var limits = FilterLimits()
        limits.depthMax = 64
        for seed in 0..<2000 {
            var random = SeededRandom(seed: UInt64(seed) + 50_000)
            let tree = Tree(&random, depth: 3)
            let filter = try Filter(parsing: tree.text, limits: limits)
            guard
                case .sometimes(let program) = try filter.compiled(
                    for: .book, symbol: Symbol("BTC/USDT"))
            else { continue }
            let now: [Int64?] = (0..<4).map { _ in Int64(random.next() % 9) }
            for _ in 0..<8 {
                let told: [Int64?] = (0..<4).map { _ in Int64(random.next() % 9) }
                if program.passes(Self.values(now), since: Self.values(told)) {
                    #expect(program.passes(Self.values(now)), "seed \(seed): \(tree.text)")
                }
            }
        }
    }
}
