internal import Base

extension Instant {
    /// The earlier of two instants, nil meaning never.
    static func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }
}
