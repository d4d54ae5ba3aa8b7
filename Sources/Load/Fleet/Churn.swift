internal import Base
internal import Runtime

/// The churners, and the clock that drives them: half of them open and cancel calls, the others
/// send requests in sessions.
final class Churn {
    private unowned let fleet: Fleet
    private var churners: [Churner] = []
    private var begun = Instant(nanoseconds: 0)
    private var done = 0

    /// Steps a second of one connection: below 25, where the requests of a session are limited, and
    /// 33, where the cancelled calls of a connection are.
    private static let stepsPerSecond = 10
    private static let tick = Duration.milliseconds(5)

    init(_ fleet: Fleet) {
        self.fleet = fleet
        let count = max(2, fleet.options.churn / Self.stepsPerSecond)
        churners = (0..<count).map { index in
            let connection = LoadConnection(
                to: fleet.options.target, on: fleet.loop, windows: fleet.options.windows)
            let topics = fleet.options.topics
            return Churner(
                connection, topics: topics, first: index * topics.count / count,
                fleet: fleet, session: index % 2 == 0 ? nil : makeSession()
            ) { [unowned fleet] topics in
                Reader(topics: topics, followed: Self.followed(fleet))
            }
        }
    }

    private func makeSession() -> SessionReader {
        SessionReader(topics: [], followed: Self.followed(fleet), wishes: fleet.options.wishes)
    }

    private static func followed(_ fleet: Fleet) -> FollowedTopics {
        FollowedTopics(tally: fleet.tally, witness: nil, payloadBytes: nil)
    }

    func connect() {
        for churner in churners { churner.connect() }
    }

    func close() {
        for churner in churners { churner.close() }
    }

    func begin() {
        begun = Clock.now()
        step()
    }

    /// As many as are due; what is late is made up for.
    private func step() {
        guard fleet.tally.isMeasuring else { return }
        let due = Int((Clock.now() - begun).inSeconds * Double(fleet.options.churn))
        while done < due {
            churners[done % churners.count].step()
            done += 1
        }
        fleet.loop.schedule(after: Self.tick) { [weak self] in self?.step() }
    }
}
