package import Base
package import Schema

/// The side of a handover that hands over: what to do at each step of the successor.
///
///     idle ─begin─► telling ─told─► waiting ─ready─► holding ─told─► held ─listening─► handedOver
///       ▲              └──────ended, late──┴────────────┤               │
///       └────────────────────────────ended, late────────┴───────────────┘ release
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
        case idle, telling, waiting, holding, held, handedOver
    }

    /// Of the contract, `Protos/penstock/handover/v1`.
    package static let version: UInt32 = 1

    /// How long everything may be held. Default 5 s: subscribers see no change meanwhile; telling a
    /// thousand topics takes milliseconds.
    package static let holdLimit = Duration.seconds(5)

    /// How long a successor may warm up: as long as it can be told to.
    package static let warmLimit = Duration.seconds(3600)

    package private(set) var state = State.idle
    /// When the successor is given up.
    package private(set) var deadline: Instant?
    private let address: String

    /// - Parameter address: where the server listens, as configured.
    package init(address: String) { self.address = address }

    /// What the successor says.
    package mutating func received(_ step: TakeoverStep, at now: Instant) -> [Action] {
        // A process that was stopped meanwhile hears this before its timers.
        if let deadline, now >= deadline { return late() }
        switch (state, step.stage) {
        case (.idle, .begin):
            if let reason = objection(to: step) { return [.refuse(reason)] }
            (state, deadline) = (.telling, now + Self.warmLimit)
            return [.tellHistory]
        case (.waiting, .ready):
            (state, deadline) = (.holding, now + Self.holdLimit)
            return [.holdAndTellAll]
        case (.held, .listening):
            (state, deadline) = (.handedOver, nil)
            return [.handOver]
        default:
            let stage = step.stage.map { "\($0)" } ?? "nothing"
            return ended() + [.refuse("\"\(stage)\" is not expected now")]
        }
    }

    private func objection(to step: TakeoverStep) -> String? {
        guard step.version == Self.version else {
            let version = step.version.map(String.init) ?? "none"
            return "handover version \(version); this server speaks \(Self.version)"
        }
        guard step.address == address else {
            return "it would listen on \(step.address ?? "nothing"), this server does on \(address)"
        }
        return nil
    }

    /// Everything that was to be told has been sent.
    package mutating func told() {
        if state == .telling { state = .waiting }
        if state == .holding { state = .held }
    }

    /// The successor is gone.
    package mutating func ended() -> [Action] {
        let mustRelease = state == .holding || state == .held
        if state != .handedOver { (state, deadline) = (.idle, nil) }
        return mustRelease ? [.release] : []
    }

    /// The deadline has come.
    package mutating func late() -> [Action] {
        guard deadline != nil else { return [] }
        return ended() + [.giveUp("the successor took too long")]
    }
}
