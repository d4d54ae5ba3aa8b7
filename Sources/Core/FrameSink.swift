package import Base

/// Where a subscriber's frames go: one gRPC stream now, one WebSocket or SSE response later.
/// Confined to the loop of its connection. Core never learns which protocol it is.
package protocol FrameSink: AnyObject {
    /// The way around `offer`, if there is one, the same for as long as the sink has sessions: what
    /// the lane refuses is offered.
    var lane: FrameLane? { get }

    /// Takes all of `frames` (one or more whole frames) at once, or nothing. For whoever has no
    /// lane, or whose lane refused, which can be everybody: must not allocate, nor lead to a
    /// publication. After a refusal the sink calls `Session.becameWritable()` once it can take
    /// more.
    func offer(_ frames: RawSpan) -> Bool

    /// Like `offer`, off the hot path: what somebody missed, who is behind.
    func offerMissed(_ frames: RawSpan) -> Bool

    /// The frames of a call of `offer` that was taken were so many more than one message. Told
    /// apart from `offer`, because most turns publish one message and pay nothing for this.
    func tookFurther(_ messages: Int)

    /// Takes `frames` whatever the windows say: for last words, which are few and short.
    func enqueue(_ frames: RawSpan)
}

extension FrameSink {
    package var lane: FrameLane? { nil }

    package func tookFurther(_ messages: Int) {}

    package func offerMissed(_ frames: RawSpan) -> Bool { offer(frames) }
}
