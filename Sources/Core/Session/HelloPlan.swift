package import Schema

/// A `hello` that was understood.
package struct HelloPlan: Equatable, Sendable {
    package var client: String
    package var heartbeat: Duration
    /// Of the resume token.
    package var restored: [SubscriptionPlan] = []
    package var tokenRefused: Refusal?
}
