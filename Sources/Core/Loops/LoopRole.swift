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

/// The owner's side: who follows, and what they are to be told at the end of this turn.
final class TopicOwner {
    var followers: [HubLink<HubNews>] = []
    var news: [HubNews] = []
}

/// A follower's side.
final class TopicFollower {
    let owner: HubLink<FollowerWish>
    /// By number.
    var topics: [UInt32: Topic] = [:]
    /// Who waits for an echo.
    var waiting: [UInt64: () -> Void] = [:]

    init(_ owner: HubLink<FollowerWish>) { self.owner = owner }
}
