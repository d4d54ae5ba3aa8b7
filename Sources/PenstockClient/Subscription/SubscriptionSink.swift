package import GRPC
package import Schema

/// Who wants the updates. All calls come on the subscription's loop.
package protocol SubscriptionSink: AnyObject {
    /// `state` is the topic after the update.
    func updated(_ state: MergedState, by update: Update)
    /// The status changed without an update: a subscription began, or the connection was lost.
    func statusChanged(_ state: MergedState)
    /// A topic was refused, or ends; the others go on.
    func rejected(_ topic: RejectedTopic, _ state: MergedState)
    /// The connection or the call is gone, and comes back after the delay.
    func interrupted(_ reason: String, retryingAfter delay: Duration)
    /// The last call: every topic was rejected, or the subscription cannot go on (`status`).
    func ended(_ status: RPCStatus?)
}
