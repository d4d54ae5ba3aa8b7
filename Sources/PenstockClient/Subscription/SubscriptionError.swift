/// What the server sent that no subscription can go on with; subscribing again helps.
package enum SubscriptionError: Error, Equatable, Sendable {
    /// An update before `subscribed`, or without a topic number.
    case topicMissing
    case subscribedTwice
    /// A number that `subscribed` did not announce.
    case unknownNumber(UInt32)
    case merge(topic: String, MergeError)
}
