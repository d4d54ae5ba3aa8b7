internal import Schema

/// The past of event topics: trades, and whatever else is a row of events and no state.
extension PenstockClient {
    /// One page of what the gateway holds of an event topic; `rest` of the page asks for the next.
    /// - Throws: `refused` for a topic that is none, or one of states, and for a range that cannot
    ///   be, such as one that ends before it begins; `permissionDenied` for one that is not ours.
    public func history(
        of topic: String, in range: HistoryRange = HistoryRange(),
        within deadline: Duration = .seconds(5)
    ) async throws(PenstockError) -> HistoryPage {
        let response: GetHistoryResponse = try await ask(
            "GetHistory", range.request(topic), deadline)
        return try HistoryPage(response, of: topic, in: range)
    }

    /// How far the past of event topics goes. Topics that the gateway rejects are left out; if it
    /// rejects all, that is the error.
    public func replay(
        of topics: [String], within deadline: Duration = .seconds(5)
    ) async throws(PenstockError) -> [TopicReplay] {
        let response: GetReplayInfoResponse = try await ask(
            "GetReplayInfo", GetReplayInfoRequest(topics: topics), deadline)
        return response.topics.map { TopicReplay($0) }
    }
}
