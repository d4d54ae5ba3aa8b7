package import Base
package import Schema

/// The side of a handover that takes over: when to say what to the server that goes.
///
///     hearingHistory ─told─► warming ⇄ settling ─ready─► hearingAll ─told─► listening ─► over
///
/// It warms up until its own feeds have what the predecessor has, and settles for a moment in which
/// both hear the same: what happened before its feeds began has then reached the predecessor.
package struct TakeoverMachine {
    package enum Action: Equatable, Sendable {
        case send(TakeoverStep)
        /// Take the topics over and listen, accepting nobody; then call `listens`.
        case adopt
        /// The predecessor is out: serve.
        case serve
        /// The predecessor left without handing over: serve, with topics that begin anew.
        case beginAnew(String)
        /// The predecessor goes on: do not serve.
        case fail(String)
    }

    package enum State: Equatable, Sendable {
        case hearingHistory, warming, settling(until: Instant), hearingAll, adopting, listening
        case over
    }

    /// How long both hear the same feeds: some round trips to any venue.
    package static let overlap = Duration.seconds(1)

    package private(set) var state = State.hearingHistory
    private let warmBy: Instant

    /// - Parameter limit: for the feeds to have what the predecessor has.
    package init(at now: Instant, within limit: Duration) { warmBy = now + limit }

    package mutating func began() -> [Action] {
        [.send(TakeoverStep(.begin, version: HandoverMachine.version))]
    }

    /// The predecessor has told so much.
    package mutating func told(_ stage: HandoverStage) -> [Action] {
        switch (state, stage) {
        case (.hearingHistory, .historyTold):
            state = .warming
            return []
        case (.hearingAll, .allTold):
            state = .adopting
            return [.adopt]
        default: return fail("the predecessor said \"\(stage)\", which is not expected now")
        }
    }

    /// Whether there are records to come; others are not to be believed.
    package var takesRecords: Bool { state == .hearingHistory || state == .hearingAll }

    /// To be called often until it serves: `awaited` topics are not yet what the predecessor has.
    package mutating func timePassed(_ now: Instant, awaited: [String]) -> [Action] {
        switch state {
        case .warming, .settling:
            if !awaited.isEmpty {
                state = .warming
                return now < warmBy ? [] : fail(Self.excuse(awaited))
            }
            guard case .settling(let until) = state else {
                state = .settling(until: now + Self.overlap)
                return []
            }
            guard now >= until else { return [] }
            state = .hearingAll
            return [.send(TakeoverStep(.ready))]
        case .hearingHistory where now >= warmBy:
            return fail("the predecessor did not tell its topics in time")
        default: return []
        }
    }

    private static func excuse(_ awaited: [String]) -> String {
        let some = awaited.sorted().prefix(3).joined(separator: ", ")
        return "\(awaited.count) topics that the predecessor has are not live here in time: \(some)"
            + (awaited.count > 3 ? ", …" : "")
    }

    /// Topics and port are here.
    package mutating func listens() -> [Action] {
        guard state == .adopting else { return [] }
        state = .listening
        return [.send(TakeoverStep(.listening))]
    }

    /// The call ended. A predecessor that is gone publishes no more: once we listen, that is as good
    /// as its agreement.
    package mutating func ended(isAgreed: Bool, isGone: Bool, _ reason: String) -> [Action] {
        switch state {
        case .over: return []
        case .listening where isAgreed || isGone:
            state = .over
            return [.serve]
        case _ where isGone:
            state = .over
            return [.beginAnew(reason)]
        default: return fail("the predecessor ended the handover: \(reason)")
        }
    }

    package mutating func fail(_ reason: String) -> [Action] {
        guard state != .over else { return [] }
        state = .over
        return [.fail(reason)]
    }
}
