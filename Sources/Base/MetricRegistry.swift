internal import Synchronization

/// All metrics of the process, by name and labels, rendered as Prometheus text.
///
/// Asking twice for the same name and labels gives the same metric. Names follow
/// `penstock_<subject>_<unit>[_total]`; label values come from closed sets.
package final class MetricRegistry: Sendable {
    private enum Instrument {
        case counter(Counter), gauge(Gauge), histogram(Histogram)
        /// In nanoseconds, told in seconds.
        case duration(Gauge)
        /// Likewise, asked for when somebody reads it, and never less than before.
        case elapsed(@Sendable () -> UInt64)
        /// Asked for when somebody reads it.
        case reading(@Sendable () -> Int)
    }
    private struct Family {
        var help: String
        var members: [String: Instrument] = [:]

        var kind: String {
            switch members.values.first {
            case .counter, .elapsed: "counter"
            case .gauge, .duration, .reading: "gauge"
            case .histogram: "histogram"
            case nil: "untyped"
            }
        }
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

    /// A counter that somebody else has begun to count with.
    package func adopt(
        _ counter: Counter, _ name: String, help: String, labels: [(String, String)] = []
    ) {
        families.withLock { families in
            families[name, default: Family(help: help)].members[Self.text(labels)] =
                .counter(counter)
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

    /// A duration that goes up and down, set in nanoseconds and told in seconds; `…_seconds`.
    package func duration(
        _ name: String, help: String, labels: [(String, String)] = []
    ) -> Gauge {
        families.withLock { families in
            let key = Self.text(labels)
            if case .duration(let known)? = families[name]?.members[key] { return known }
            let fresh = Gauge()
            families[name, default: Family(help: help)].members[key] = .duration(fresh)
            return fresh
        }
    }

    /// A time that only grows, in nanoseconds, told in seconds; `…_seconds_total`. `read` is called
    /// whenever the metrics are told, on whatever thread.
    package func elapsed(
        _ name: String, help: String, read: @escaping @Sendable () -> UInt64
    ) {
        families.withLock { families in
            families[name, default: Family(help: help)].members[""] = .elapsed(read)
        }
    }

    /// A gauge that is read whenever the metrics are told, on whatever thread.
    package func reading(_ name: String, help: String, read: @escaping @Sendable () -> Int) {
        families.withLock { families in
            families[name, default: Family(help: help)].members[""] = .reading(read)
        }
    }

    /// Observed in nanoseconds and told in seconds; `…_seconds`.
    package func histogram(
        _ name: String, help: String, labels: [(String, String)] = []
    ) -> Histogram {
        families.withLock { families in
            let key = Self.text(labels)
            if case .histogram(let known)? = families[name]?.members[key] { return known }
            let fresh = Histogram()
            families[name, default: Family(help: help)].members[key] = .histogram(fresh)
            return fresh
        }
    }

    /// The text exposition format, version 0.0.4, families and members in alphabetical order.
    package func prometheusText() -> String {
        families.withLock { families in
            var text = ""
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n"
                for (labels, member) in family.members.sorted(by: { $0.key < $1.key }) {
                    switch member {
                    case .counter(let counter): text += "\(name)\(labels) \(counter.value)\n"
                    case .gauge(let gauge): text += "\(name)\(labels) \(gauge.value)\n"
                    case .duration(let gauge):
                        let seconds = Self.seconds(UInt64(max(0, gauge.value)))
                        text += "\(name)\(labels) \(seconds)\n"
                    case .elapsed(let read):
                        text += "\(name)\(labels) \(Self.seconds(read()))\n"
                    case .reading(let read): text += "\(name)\(labels) \(read())\n"
                    case .histogram(let histogram): Self.append(histogram, name, labels, to: &text)
                    }
                }
            }
            return text
        }
    }

    private static func append(
        _ histogram: Histogram, _ name: String, _ labels: String, to text: inout String
    ) {
        let (upTo, all) = histogram.cumulative
        let others = labels.isEmpty ? "{" : labels.dropLast() + ","
        for (bound, count) in zip(Histogram.bounds, upTo) {
            text += "\(name)_bucket\(others)le=\"\(seconds(UInt64(bound)))\"} \(count)\n"
        }
        text += "\(name)_bucket\(others)le=\"+Inf\"} \(all)\n"
        text += "\(name)_sum\(labels) \(seconds(histogram.sumNanoseconds))\n"
        text += "\(name)_count\(labels) \(all)\n"
    }

    /// Nanoseconds as seconds, exactly.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest == 0 { return "\(whole)" }
        var digits = String(rest + 1_000_000_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
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
