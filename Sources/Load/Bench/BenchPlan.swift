/// What `penstock bench` is to do.
package struct BenchPlan: Sendable {
    package var target: LoadTarget
    /// At least one.
    package var topics: [String]
    package var scenarios = BenchScenario.all
    /// Of the largest scenario. Default 1,000: a fleet that any machine holds.
    package var connectionsMax = 1000
    /// Of each measurement.
    package var seconds = 5.0
    /// For everybody's becoming current. Default 30 s: a gateway that needs more for a few thousand
    /// clients is not slow but stuck.
    package var patience = Duration.seconds(30)

    package init(target: LoadTarget, topics: [String]) {
        precondition(!topics.isEmpty, "a bench without topics")
        (self.target, self.topics) = (target, topics)
    }
}
