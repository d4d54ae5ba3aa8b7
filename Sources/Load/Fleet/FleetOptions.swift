/// A load: how many clients, of what manner, and for how long.
package struct FleetOptions: Sendable {
    package var target: LoadTarget
    /// Dealt out to the streams in turn.
    package var topics: [String]
    package var connections = 1
    /// Of each connection.
    package var streams = 1
    package var topicsPerStream = 1
    /// Between everybody's being current and the measurement, and of the measurement.
    package var warmSeconds = 1.0
    package var seconds = 5.0
    /// Size of an update as `penstock bench serve --bytes` takes it; nil: any.
    package var bytes: Int?
    /// `Session` instead of `Subscribe`, with its wishes.
    package var isSession = false
    package var wishes = Wishes()
    package var windows = LoadTarget.Windows()
    /// Share of the connections that stop reading at the beginning of the measurement.
    package var stoppedShare = 0.0
    /// Subscribes, and as many unsubscribes, a second.
    package var churn = 0
    /// Share of the streams that rebuild their states.
    package var sampleShare = 0.01
    /// All connections are cut at once at the beginning, and come back at once.
    package var isStorm = false
    /// How long everybody may take to become current, for the first time or after a storm.
    package var patience = Duration.seconds(120)

    package init(target: LoadTarget, topics: [String]) {
        (self.target, self.topics) = (target, topics)
    }

    /// What a session asks for beside topics.
    package struct Wishes: Sendable {
        package var intervalMilliseconds: Int?
        package var fields: [String] = []
    }
}
