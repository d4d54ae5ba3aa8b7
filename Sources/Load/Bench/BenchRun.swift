internal import Base
package import Runtime

/// The scenarios of a plan, one after another. Confined to its loop.
///
///     connecting ──► measuring, the gateway's figures before it and after ──► result ──► the next
package final class BenchRun {
    package enum Event {
        case begins(BenchScenario)
        case measured(BenchResult)
        /// What happened to a connection that should live; for people.
        case lost(String)
        case ended
    }

    private let plan: BenchPlan
    private let loop: EventLoop
    private let report: (Event) -> Void
    private var next = 0
    private var fleet: Fleet?
    private var before = ServerFigures()
    private var ownBefore = Duration.zero
    private var isStopped = false

    /// Between two scenarios, so that the gateway has seen the last one's connections go.
    private static let pause = Duration.milliseconds(300)

    /// - Parameter report: called on the loop, the last time with `ended`.
    package init(_ plan: BenchPlan, on loop: EventLoop, report: @escaping (Event) -> Void) {
        (self.plan, self.loop, self.report) = (plan, loop, report)
    }

    package func start() { begin() }

    /// Ends here and now, with what has been measured.
    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        fleet?.close()
        report(.ended)
    }

    private func begin() {
        if isStopped { return }
        fleet = nil
        guard next < plan.scenarios.count else { return stop() }
        let scenario = plan.scenarios[next]
        next += 1
        before = ServerFigures()
        ownBefore = ProcessFigures.processorTime
        report(.begins(scenario))
        let fleet = Fleet(scenario.options(for: plan), on: loop) { [unowned self] event in
            take(event, of: scenario)
        }
        self.fleet = fleet
        fleet.start()
    }

    private func take(_ event: FleetEvent, of scenario: BenchScenario) {
        if isStopped { return }
        switch event {
        case .connected: break
        case .began:
            ownBefore = ProcessFigures.processorTime
            readFigures { [unowned self] in before = $0 }
        case .lost(let text): report(.lost("\(scenario.name): \(text)"))
        case .ended(let summary):
            let used = (ProcessFigures.processorTime - ownBefore).inSeconds
            readFigures { [self] after in
                finish(scenario, summary, after.since(before), used)
            }
        }
    }

    private func readFigures(_ done: @escaping (ServerFigures) -> Void) {
        _ = MetricsCall(to: plan.target, on: loop) { text in
            done(text.map { ServerFigures(prometheus: $0) } ?? ServerFigures())
        }
    }

    private func finish(
        _ scenario: BenchScenario, _ summary: FleetReport, _ server: ServerFigures, _ used: Double
    ) {
        if isStopped { return }
        fleet?.close()
        report(
            .measured(
                BenchResult(
                    scenario: scenario,
                    topicsPerStream: scenario.options(for: plan).topicsPerStream,
                    report: summary, server: server,
                    ownLoad: summary.seconds > 0 ? used / summary.seconds : 0)))
        loop.schedule(after: Self.pause) { [self] in begin() }
    }
}
