/// What a hub is among the hubs of a process.
enum LoopRole {
    /// Its topics are the truth; the hubs of other loops follow it.
    case owner(TopicOwner)
    case follower(TopicFollower)

    /// A topic exists here from now on.
    func note(_ topic: Topic) {
        if case .follower(let follower) = self { follower.topics[topic.number] = topic }
    }

    func forget(_ topic: Topic) {
        if case .follower(let follower) = self { follower.topics[topic.number] = nil }
    }
}

/// The owner's side.
final class TopicOwner {
    /// Each wakes the hub of another loop, which has news then.
    var wakeups: [@Sendable () -> Void] = []
    /// What they are to be told together, when what belongs together is whole.
    var news: [HubNews] = []
    var isGathering = false
    /// Places of those who want to be told at the end of this turn that they were told everything.
    var echoes: [Int] = []
}

/// A follower's side.
final class TopicFollower {
    let owner: HubLink
    /// Of its inbox.
    let place: Int
    /// By number.
    var topics: [UInt32: Topic] = [:]
    /// What it asks for at the end of this turn.
    var wishes: [FollowerWish] = []
    var isWishing = false
    /// Who waits for the echo that is under way, one at a time, and who came after that was asked.
    var awaiting: [() -> Void] = []
    var waiting: [() -> Void] = []

    init(_ owner: HubLink, place: Int) { (self.owner, self.place) = (owner, place) }
}
