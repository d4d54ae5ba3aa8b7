internal import Schema

extension SubscriptionOptions {
    /// What a call says beside its topics and positions.
    var request: SubscribeRequest {
        var request = SubscribeRequest(filter: filter)
        switch start {
        case .present: break
        case .sequence(let sequence): request.fromSequence = sequence
        case .time(let time): request.fromTime = time
        case .last(let count): request.fromCount = count
        }
        return request
    }
}
