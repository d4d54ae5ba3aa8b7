internal import Synchronization

/// A number that only grows. Incremented from any thread without a lock.
package final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

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

/// All metrics of the process, by name and labels, rendered as Prometheus text.
///
/// Asking twice for the same name and labels gives the same metric. Names follow
/// `penstock_<subject>_<unit>[_total]`; label values come from closed sets.
package final class MetricRegistry: Sendable {
    private enum Instrument { case counter(Counter), gauge(Gauge) }
    private struct Family {
        var help: String
        var members: [String: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        families.withLock { families in
            let key = Self.text(labels)
            if case .counter(let known)? = families[name]?.members[key] { return known }
            let fresh = Counter()
            families[name, default: Family(help: help)].members[key] = .counter(fresh)
            return fresh
        }
    }

    package func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        families.withLock { families in
            let key = Self.text(labels)
            if case .gauge(let known)? = families[name]?.members[key] { return known }
            let fresh = Gauge()
            families[name, default: Family(help: help)].members[key] = .gauge(fresh)
            return fresh
        }
    }

    /// The text exposition format, version 0.0.4, families and members in alphabetical order.
    package func prometheusText() -> String {
        families.withLock { families in
            var text = ""
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                guard let first = family.members.values.first else { continue }
                let kind = if case .counter = first { "counter" } else { "gauge" }
                text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(kind)\n"
                for (labels, member) in family.members.sorted(by: { $0.key < $1.key }) {
                    switch member {
                    case .counter(let counter): text += "\(name)\(labels) \(counter.value)\n"
                    case .gauge(let gauge): text += "\(name)\(labels) \(gauge.value)\n"
                    }
                }
            }
            return text
        }
    }

    private static func text(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        let pairs = labels.map { name, value in
            var escaped = ""
            for character in value {
                switch character {
                case "\\": escaped += "\\\\"
                case "\"": escaped += "\\\""
                case "\n": escaped += "\\n"
                default: escaped.append(character)
                }
            }
            return "\(name)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
