/// Who wants to know what happens to the subscriptions of a session. May end any of them.
package protocol SessionObserver: AnyObject {
    /// For the first time the subscriber has everything.
    func caughtUp(_ subscription: Subscription)
    /// Too slow for a subscription that closes then; it has been taken out.
    func fellBehind(_ subscription: Subscription, at sent: Subscription.Cursor)
    /// The topic is gone and the subscriber has been told.
    func topicEnded(_ subscription: Subscription)
}
