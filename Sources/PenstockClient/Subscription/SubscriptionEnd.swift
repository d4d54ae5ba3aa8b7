package import GRPC

/// What to do when a Subscribe call ended.
package enum SubscriptionEnd: Equatable, Sendable {
    /// Subscribe again, from the positions reached.
    case retry
    /// Every topic was rejected; each was an event.
    case nothingLeft
    /// The server refuses the call as it stands.
    case refused(RPCStatus)
}
