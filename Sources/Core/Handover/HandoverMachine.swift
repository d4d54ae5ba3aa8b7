package import Schema

/// The side of a handover that hands over: what to do at each step of the successor.
///
///     idle ─begin─► telling ─told─► waiting ─ready─► holding ─listening─► handedOver
///       ▲              └──────ended────┴───────────────┤
///       └──────────────────────────ended, late─────────┘ release
///
/// Handing over happens once and cannot be undone; until then, the loss of the successor changes
/// nothing for anybody.
package struct HandoverMachine {
    package enum Action: Equatable, Sendable {
        /// Tell every topic and the histories so far, then `HISTORY_TOLD`.
        case tellHistory
        /// Nothing may change any more. Then tell every topic as it stands, and `ALL_TOLD`.
        case holdAndTellAll
        /// The successor is not to be: everything may change again.
        case release
        /// End the call with OK; the successor alone publishes from here on.
        case handOver
        /// End the call with FAILED_PRECONDITION.
        case refuse(String)
        /// End the call with DEADLINE_EXCEEDED.
        case giveUp(String)
    }

    package enum State: Equatable, Sendable {
        case idle, telling, waiting, holding, handedOver
    }

    /// Of the contract, `Protos/penstock/handover/v1`.
    package static let version: UInt32 = 1

    package private(set) var state = State.idle

    package init() {}

    /// What the successor says.
    package mutating func received(_ step: TakeoverStep) -> [Action] {
        switch (state, step.stage) {
        case (.idle, .begin):
            guard step.version == Self.version else {
                let version = step.version.map(String.init) ?? "none"
                return [
                    .refuse("handover version \(version); this server speaks \(Self.version)")
                ]
            }
            state = .telling
            return [.tellHistory]
        case (.waiting, .ready):
            state = .holding
            return [.holdAndTellAll]
        case (.holding, .listening):
            state = .handedOver
            return [.handOver]
        default:
            let stage = step.stage.map { "\($0)" } ?? "nothing"
            return ended() + [.refuse("\"\(stage)\" is not expected now")]
        }
    }

    /// Everything that `tellHistory` asked for has been sent.
    package mutating func historyTold() {
        if state == .telling { state = .waiting }
    }

    /// The successor is gone.
    package mutating func ended() -> [Action] {
        switch state {
        case .idle, .handedOver: return []
        case .telling, .waiting:
            state = .idle
            return []
        case .holding:
            state = .idle
            return [.release]
        }
    }

    /// Everything was held for as long as it may be.
    package mutating func late() -> [Action] {
        guard state == .holding else { return [] }
        return ended() + [.giveUp("the successor was not listening in time")]
    }
}
