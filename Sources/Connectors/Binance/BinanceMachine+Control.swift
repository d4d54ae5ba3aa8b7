internal import Base
internal import JSON

extension BinanceMachine {
    /// Messages outside of the combined-stream envelope: replies to SUBSCRIBE and announcements.
    ///
    /// | message | meaning |
    /// |---|---|
    /// | `{"result":null,"id":1}` | confirmed |
    /// | `{"error":{"code":2,"msg":"…"},"id":1}`, `{"code":2,"msg":"…","id":1}` | refused |
    /// | `{"e":"serverShutdown","E":…}` | the connection ends within ten minutes |
    mutating func receivedControl(
        _ message: JSONValue, on connection: Int, at now: Instant, into out: inout [FeedAction]
    ) throws(FeedError) {
        guard message.isObject else { throw .unknownMessage }
        if let code = message["error"]?["code"]?.int64 ?? message["code"]?.int64 {
            if let id = message["id"]?.int64 {
                refused(id, on: connection, at: now)
                advance(connection, at: now, into: &out)
            }
            throw .subscriptionRefused(code: code)
        }
        if let id = message["id"]?.int64, message["result"] != nil {
            confirmed(id, on: connection, at: now, into: &out)
            return
        }
        if let event = message["e"], event.equals("serverShutdown") {
            giveUp(connection, .plannedReconnect, at: now, into: &out)
            return
        }
        throw .unknownMessage
    }
}
