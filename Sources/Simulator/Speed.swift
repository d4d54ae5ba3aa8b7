/// How fast a tape plays.
package enum Speed: Equatable, Sendable, CustomStringConvertible {
    /// Tape time runs this many times as fast as the clock: 1 is the original timing.
    case times(Double)
    /// As fast as the slowest reader takes it.
    case maximum

    /// The largest factor: a recorded day in 0.1 s.
    package static let factorMax = 1_000_000.0

    /// `1`, `2.5`, `max`; nil for anything else.
    package init?(_ text: String) {
        if text == "max" {
            self = .maximum
            return
        }
        guard let factor = Double(text), factor > 0, factor <= Speed.factorMax else { return nil }
        self = .times(factor)
    }

    package var description: String {
        switch self {
        case .times(let factor): "\(factor)"
        case .maximum: "max"
        }
    }
}
