package import Schema
package import Streams

/// A change of a living subscription that can be understood; what is nil stays.
package struct SubscriptionChange: Equatable, Sendable {
    package var id: UInt32
    package var fields: FieldWish?
    /// The inner nil takes the limit away.
    package var rate: Rate??
    package var overflow: OverflowPolicy?
    /// The inner nil lets everything pass.
    package var filter: Filter??
    package var request: UpdateSubscription
}

extension SubscriptionChange {
    package init(
        _ request: UpdateSubscription, _ limits: FilterLimits = FilterLimits()
    ) throws(Refusal) {
        id = request.id ?? 0
        if request.fields.isEmpty, request.rate == nil, request.overflow == nil,
            request.filter == nil
        {
            throw Refusal(.invalid, "nothing is changed; allowed: fields, rate, overflow, filter")
        }
        fields = try FieldWish(request.fields)
        if let wish = request.rate { rate = .some(try Rate.requested(wish)) }
        if request.overflow != nil { overflow = try OverflowPolicy(requested: request.overflow) }
        if let text = request.filter {
            filter = .some(try Filter?(requested: text, limits))
        }
        self.request = request
    }
}
