package import Schema

/// Events of a topic that this subscriber will not get. Never silent.
public struct TopicGap: Equatable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// Between the venue and the gateway.
        case venueLoss
        /// They are no longer in the gateway's memory.
        case expired
        /// The gateway began anew; how many were missed is unknown.
        case newEpoch
        /// The consumer of this subscription did not keep up with its buffer.
        case slowConsumer
        /// A reason that a newer gateway knows.
        case other
    }

    public internal(set) var reason: Reason
    /// Sequences of the topic that are missing; nil: unknown.
    public internal(set) var sequences: ClosedRange<UInt64>?
    /// The venue's ids that are missing; nil: unknown.
    public internal(set) var ids: ClosedRange<UInt64>?

    package init(_ gap: Gap) {
        reason =
            switch gap.reason {
            case .venueLoss: .venueLoss
            case .expired: .expired
            case .newEpoch: .newEpoch
            case .unspecified, nil: .other
            }
        sequences = closedRange(gap.fromSequence, gap.toSequence)
        ids = closedRange(gap.fromID, gap.toID)
    }

    init(lost sequences: ClosedRange<UInt64>?) {
        reason = .slowConsumer
        self.sequences = sequences
    }

    /// As the wire would say it; the wire has no word for a slow consumer, and means `expired`.
    package var wire: Gap {
        let reason: GapReason =
            switch reason {
            case .venueLoss: .venueLoss
            case .newEpoch: .newEpoch
            case .expired, .slowConsumer: .expired
            case .other: .unspecified
            }
        return Gap(
            reason: reason, fromSequence: sequences?.lowerBound, toSequence: sequences?.upperBound,
            fromID: ids?.lowerBound, toID: ids?.upperBound)
    }
}
