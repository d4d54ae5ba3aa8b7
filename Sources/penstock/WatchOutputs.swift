internal import Base
internal import Market
internal import PenstockClient
internal import Runtime
internal import Schema

/// JSON lines, each written at once.
final class WatchLines: WatchOutput {
    private let isMerged: Bool
    /// Status last seen, by topic.
    private var statuses: [String: Status] = [:]
    private var lastNote = ""

    init(isMerged: Bool) { self.isMerged = isMerged }

    func updated(_ state: MergedState, by update: Update) -> WatchOutcome {
        if update.payload == nil && !state.kind.isState { return statusChanged(state) }
        statuses[state.topic] = state.status
        return write(WatchLine.update(update, of: state, isMerged: isMerged))
    }

    func replaced(_ state: MergedState) -> WatchOutcome {
        guard state.kind.isState else { return statusChanged(state) }
        statuses[state.topic] = state.status
        return write(WatchLine.state(state))
    }

    /// A line only when a topic stops being live: at the beginning of a subscription the snapshot
    /// or the first trade says how things stand, and a return to life comes with data.
    func statusChanged(_ state: MergedState) -> WatchOutcome {
        let before = statuses.updateValue(state.status, forKey: state.topic)
        guard let before, before != state.status, state.status != .live else { return .hidden }
        return write(WatchLine.state(state))
    }

    private func write(_ line: [UInt8]) -> WatchOutcome {
        StandardStreams.output(line) ? .shown : .closed
    }

    /// A line on standard error, so that standard output stays JSON; the same one only once.
    func noted(_ text: String) {
        guard text != lastNote else { return }
        lastNote = text
        StandardStreams.error("penstock watch: \(text)\n")
    }

    func close() {}
}

/// The live view: redrawn ten times a second, which is as fast as eyes follow.
final class WatchScreen: WatchOutput {
    private static let period = Duration.milliseconds(100)

    private let loop: EventLoop
    private let title: String
    private var topics: [WatchedTopic] = []
    private var note = ""
    private var timer: TimerID?

    init(loop: EventLoop, title: String, topics: [String]) {
        self.loop = loop
        self.title = title
        self.topics = topics.map { WatchedTopic(MergedState(topic: $0)) }
        StandardStreams.output(TerminalView.enter)
        draw()
    }

    func updated(_ state: MergedState, by update: Update) -> WatchOutcome {
        change(state) { $0.updated(state, by: update, at: Clock.now()) }
        return .shown
    }

    func replaced(_ state: MergedState) -> WatchOutcome { updated(state, by: Update()) }

    func statusChanged(_ state: MergedState) -> WatchOutcome {
        change(state) { $0.statusChanged(state) }
        return .hidden
    }

    func noted(_ text: String) { note = text }

    func close() {
        if let timer { loop.cancel(timer) }
        StandardStreams.output(TerminalView.leave)
    }

    private func change(_ state: MergedState, _ body: (inout WatchedTopic) -> Void) {
        guard let index = topics.firstIndex(where: { $0.state.topic == state.topic }) else {
            return
        }
        body(&topics[index])
    }

    private func draw() {
        let size = StandardStreams.terminalSize ?? (80, 24)
        let lines = TerminalView.render(
            &topics, title: note.isEmpty ? title : "\(title)  \(note)",
            width: size.columns, height: size.rows, now: Clock.now(), isColoured: true)
        StandardStreams.output(TerminalView.screen(lines))
        timer = loop.schedule(after: Self.period) { [weak self] in self?.draw() }
    }
}
