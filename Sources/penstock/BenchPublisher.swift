internal import Base
internal import Core
internal import Runtime

/// Publishes every topic once per period, open loop: late turns are made up for, never skipped. Who
/// is late publishes several periods at once, as a feed does whose socket holds several messages,
/// and says of what is more than 2 ms late when it was due, so that ages count the delay.
final class BenchPublisher {
    private static let periodsAtOnce = 4
    private static let lateness = Duration.milliseconds(2)

    private let loop: EventLoop
    private let topics: [EventTopic]
    private let period: Duration
    private let data: [UInt8]
    /// Shorter by the time that it was due: a message is as long whenever it comes, give or take a
    /// byte of a length.
    private let lateData: [UInt8]
    private var due: Instant
    private var timer: TimerID?

    init(loop: EventLoop, topics: [EventTopic], load: BenchServeCommand.Load) {
        self.loop = loop
        self.topics = topics
        period = .nanoseconds(1_000_000_000 / load.rate)
        // Number, epoch, sequence, publish time and the head of the payload take about 26 bytes.
        data = [UInt8](repeating: UInt8(ascii: "x"), count: load.bytes - 26)
        lateData = Array(data.dropLast(9))
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

    /// Of what is published at `now`, which is `time` for others; unknown: it is punctual.
    private func dueTime(at now: Instant, _ time: Timestamp) -> Timestamp {
        let delay = now - due
        guard delay > Self.lateness else { return .unknown }
        return Timestamp(nanoseconds: time.nanoseconds - delay.wholeNanoseconds)
    }

    private func fire() {
        let (now, time) = (Clock.now(), Clock.timestamp())
        for _ in 0..<Self.periodsAtOnce {
            let dueTime = dueTime(at: now, time)
            let data = dueTime == .unknown ? data : lateData
            for topic in topics { topic.append(data, receiveTime: dueTime) }
            due = due + period
            if due > now { break }
        }
        arm()
    }
}
