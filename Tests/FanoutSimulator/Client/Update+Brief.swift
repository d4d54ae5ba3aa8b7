import Schema

extension Update {
    /// For traces.
    var brief: String {
        let place = sequence.map { "\(epoch ?? 0):\($0)" } ?? ""
        let base = baseSequence.map { " from \($0)" } ?? ""
        let status = status.map { " \($0)" } ?? ""
        let topic = topic.map { "[\($0)] " } ?? ""
        return topic + place + base + status + " " + what
    }

    private var what: String {
        switch payload {
        case nil: "nothing"
        case .tick: "tick"
        case .trade(let trade): "trade \(trade.id ?? 0)"
        case .book(let book):
            "book of \(book.bids?.prices.count ?? 0) and \(book.asks?.prices.count ?? 0)"
        case .gap(let gap): "gap \(gap.fromSequence ?? 0) to \(gap.toSequence ?? 0)"
        case .rejected(let topic): "rejected \(topic.name ?? "")"
        case .data(let data): "\(data.count) bytes"
        case .subscribed(let answer):
            "subscribed"
                + answer.accepted.map { " \($0.name ?? "")=\($0.number ?? 0)" }.joined()
        case .control(let control):
            "control \(control.answers ?? 0) "
                + "\(control.content.map { "\($0)" } ?? "")".replacing("Optional", with: "")
                .replacing("Schema.", with: "").replacing("(nil)", with: "")
        }
    }
}
