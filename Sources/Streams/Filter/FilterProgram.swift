internal import Market

/// A filter as one kind of topic runs it: a row of tests, each of which says where to go on.
/// Evaluating it allocates nothing, recurses into nothing and visits each test once at most.
package struct FilterProgram: Hashable, Sendable {
    private enum Test: Hashable, Sendable {
        case number(place: Int, FilterComparison, Decimal)
        case side(Trade.Side, isEqual: Bool)
        case change(place: Int, FilterChange)
    }

    private struct Step: Hashable, Sendable {
        let test: Test
        let isNegated: Bool
        /// Where to go on when it holds and when it does not: an earlier step, or the end.
        let whenTrue: Int
        let whenFalse: Int
    }

    private static let passed = -1
    private static let failed = -2

    private var steps: [Step] = []
    private let start: Int
    /// Whether it asks how much something changed.
    package let measuresChange: Bool

    /// `expression` has fields of `kind` alone, and no constants and sets.
    init(_ expression: FilterExpression, _ kind: TopicKind) {
        var steps: [Step] = []
        start = Self.add(
            expression, kind, whenTrue: Self.passed, whenFalse: Self.failed, to: &steps)
        measuresChange = steps.contains { if case .change = $0.test { true } else { false } }
        self.steps = steps
    }

    /// Returns where the steps of `expression` begin. Later parts are added first, because earlier
    /// ones lead to them.
    private static func add(
        _ expression: FilterExpression, _ kind: TopicKind, whenTrue: Int, whenFalse: Int,
        to steps: inout [Step]
    ) -> Int {
        var (whenTrue, whenFalse) = (whenTrue, whenFalse)
        switch expression {
        case .all(let parts):
            for part in parts.reversed() {
                whenTrue = add(part, kind, whenTrue: whenTrue, whenFalse: whenFalse, to: &steps)
            }
            return whenTrue
        case .any(let parts):
            for part in parts.reversed() {
                whenFalse = add(part, kind, whenTrue: whenTrue, whenFalse: whenFalse, to: &steps)
            }
            return whenFalse
        case .term(let term, let isNegated):
            steps.append(
                Step(
                    test: test(term, kind), isNegated: isNegated, whenTrue: whenTrue,
                    whenFalse: whenFalse))
            return steps.count - 1
        case .constant(let value): return value ? whenTrue : whenFalse
        }
    }

    private static func test(_ term: FilterTerm, _ kind: TopicKind) -> Test {
        func place(_ field: FilterField) -> Int {
            guard let place = field.place(in: kind) else {
                preconditionFailure("\(kind) topics have no \(field.rawValue)")
            }
            return place
        }
        switch term {
        case .number(let field, let comparison, let number):
            return .number(place: place(field), comparison, number)
        case .side(let side, let isEqual): return .side(side, isEqual: isEqual)
        case .change(let field, let change): return .change(place: place(field), change)
        case .symbols: preconditionFailure("a set of symbols is decided before")
        }
    }

    /// Whether a state or event with these values passes. A comparison with an absent value does
    /// not hold, not even "!=".
    ///
    /// - Parameter told: what changes are measured against; nil: not known, and then a change holds
    ///   whether it is asked for or ruled out, so that nothing is withheld by mistake.
    package func passes(_ values: FilterValues, since told: FilterValues? = nil) -> Bool {
        var place = start
        while place >= 0 {
            let step = steps[place]
            place = Self.holds(step, values, told) ? step.whenTrue : step.whenFalse
        }
        return place == Self.passed
    }

    private static func holds(_ step: Step, _ values: FilterValues, _ told: FilterValues?) -> Bool {
        switch step.test {
        case .number(let place, let comparison, let number):
            let holds = values[place].map { comparison.holds($0, number) } ?? false
            return holds != step.isNegated
        case .side(let side, let isEqual):
            let holds = values.side != .unknown && (values.side == side) == isEqual
            return holds != step.isNegated
        case .change(let place, let change):
            guard let told else { return true }
            return change.isReached(by: values[place], since: told[place]) != step.isNegated
        }
    }
}
