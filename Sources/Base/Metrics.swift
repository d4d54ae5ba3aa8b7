internal import Synchronization

/// A number that only grows. Incremented from any thread without a lock.
package final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    package var value: UInt64 { count.load(ordering: .relaxed) }

    package func add(_ amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    package init() {}

    package var value: Int64 { level.load(ordering: .relaxed) }

    package func set(_ value: Int64) { level.store(value, ordering: .relaxed) }
    package func add(_ amount: Int64) { level.wrappingAdd(amount, ordering: .relaxed) }
}
