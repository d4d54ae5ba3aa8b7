internal import Base
internal import PenstockClient
internal import Runtime
internal import Schema

/// JSON lines, each written at once.
final class WatchLines: WatchOutput {
    private let isMerged: Bool

    init(isMerged: Bool) { self.isMerged = isMerged }

    func updated(_ state: MergedState, by update: Update) -> Bool {
        StandardStreams.output(WatchLine.update(update, of: state, isMerged: isMerged))
    }

    func statusChanged(_ state: MergedState) -> Bool {
        StandardStreams.output(WatchLine.state(state))
    }

    /// A line on standard error, so that standard output stays JSON. Rejections of single topics
    /// are not repeated when all of them make the command fail.
    func noted(_ text: String) { Log("watch").debug("note", [("text", text)]) }

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

    init(loop: EventLoop, title: String) {
        self.loop = loop
        self.title = title
        StandardStreams.output(TerminalView.enter)
        draw()
    }

    func updated(_ state: MergedState, by update: Update) -> Bool {
        change(state) { $0.updated(state, by: update, at: Clock.now()) }
        return true
    }

    func statusChanged(_ state: MergedState) -> Bool {
        change(state) { $0.statusChanged(state) }
        return true
    }

    func noted(_ text: String) { note = text }

    func close() {
        if let timer { loop.cancel(timer) }
        StandardStreams.output(TerminalView.leave)
    }

    private func change(_ state: MergedState, _ body: (inout WatchedTopic) -> Void) {
        if let index = topics.firstIndex(where: { $0.state.topic == state.topic }) {
            body(&topics[index])
        } else {
            var topic = WatchedTopic(state)
            body(&topic)
            topics.append(topic)
        }
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
