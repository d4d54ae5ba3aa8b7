internal import PenstockClient
internal import Schema

/// What became of an update.
enum WatchOutcome {
    case shown
    /// Nothing a person or script would miss.
    case hidden
    /// Nobody reads any more.
    case closed
}

/// Where watched updates go.
protocol WatchOutput: AnyObject {
    func updated(_ state: MergedState, by update: Update) -> WatchOutcome
    /// Several updates in one, because the output was slow.
    func replaced(_ state: MergedState) -> WatchOutcome
    func statusChanged(_ state: MergedState) -> WatchOutcome
    func noted(_ text: String)
    func close()
}

/// Counts updates, passes them on, and knows when to end.
struct WatchPrinter {
    private let output: any WatchOutput
    private var left: Int?
    /// Kept back until some topic works: if none does, they are the failure.
    private var rejections: [RejectedTopic] = []

    init(output: any WatchOutput, countMax: Int?) {
        self.output = output
        left = countMax
    }

    mutating func isOver(after update: TopicUpdate) -> Bool {
        switch update.cause {
        case .update(let wire): return isOver(output.updated(update.merged, by: wire))
        case .several: return isOver(output.replaced(update.merged))
        case .gap(let gap):
            return isOver(output.updated(update.merged, by: Update(payload: .gap(gap.wire))))
        case .status: return isOver(output.statusChanged(update.merged))
        case .rejected(let topic):
            rejections.append(topic)
            return false
        }
    }

    private mutating func isOver(_ outcome: WatchOutcome) -> Bool {
        for topic in rejections { output.noted("\(topic.name ?? "?"): \(topic.message ?? "")") }
        rejections = []
        switch outcome {
        case .hidden: return false
        case .closed: return true
        case .shown:
            guard let before = left else { return false }
            left = before - 1
            return before == 1
        }
    }
}
