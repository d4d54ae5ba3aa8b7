/// What a gateway counts of itself, as far as its `/metrics` tell; nil: it is not there.
package struct ServerFigures: Equatable, Sendable {
    /// Of all its processors, in seconds.
    package var processorSeconds: Double?
    package var deliveries: Double?
    package var sends: Double?

    package init() {}

    /// Reads the text exposition format; values of one name are added up over their labels.
    package init(prometheus text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let value = Double(words[words.count - 1]) else { continue }
            switch line.prefix(while: { $0 != "{" && $0 != " " }) {
            case "process_cpu_seconds_total": processorSeconds = (processorSeconds ?? 0) + value
            case "penstock_fanout_deliveries_total": deliveries = (deliveries ?? 0) + value
            case "penstock_socket_sends_total": sends = (sends ?? 0) + value
            default: break
            }
        }
    }

    /// What came to pass from `earlier` on; nil where either is unknown.
    package func since(_ earlier: ServerFigures) -> ServerFigures {
        func difference(_ figure: KeyPath<ServerFigures, Double?>) -> Double? {
            guard let now = self[keyPath: figure], let then = earlier[keyPath: figure] else {
                return nil
            }
            return max(0, now - then)
        }
        var figures = ServerFigures()
        figures.processorSeconds = difference(\.processorSeconds)
        figures.deliveries = difference(\.deliveries)
        figures.sends = difference(\.sends)
        return figures
    }
}
