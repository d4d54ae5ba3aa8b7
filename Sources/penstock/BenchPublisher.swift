internal import Base
internal import Core
internal import Runtime

/// Publishes every topic once per period, open loop: late turns are made up for, never skipped. Who
/// is late publishes several periods at once, as a feed does whose socket holds several messages.
final class BenchPublisher {
    private static let periodsAtOnce = 4

    private let loop: EventLoop
    private let topics: [EventTopic]
    private let period: Duration
    private let data: [UInt8]
    private var due: Instant
    private var timer: TimerID?

    init(loop: EventLoop, topics: [EventTopic], load: BenchServeCommand.Load) {
        self.loop = loop
        self.topics = topics
        period = .nanoseconds(1_000_000_000 / load.rate)
        // Number, epoch, sequence, publish time and the head of the payload take about 26 bytes.
        data = [UInt8](repeating: UInt8(ascii: "x"), count: load.bytes - 26)
        due = Clock.now()
    }

    func start() { arm() }

    func stop() {
        if let timer { loop.cancel(timer) }
    }

    private func arm() {
        let wait = due - Clock.now()
        timer = loop.schedule(after: wait > .zero ? wait : .zero) { [unowned self] in fire() }
    }

    private func fire() {
        let now = Clock.now()
        for _ in 0..<Self.periodsAtOnce {
            for topic in topics { topic.append(data) }
            due = due + period
            if due > now { break }
        }
        arm()
    }
}
