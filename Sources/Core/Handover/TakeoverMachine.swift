package import Base
package import Schema

/// The side of a handover that takes over: when to say what to the server that goes.
///
///     hearingHistory ─told─► warming ⇄ settling ─ready─► hearingAll ─told─► adopting ─► listening
///
/// It warms up until its own feeds have what the predecessor has, and settles for a moment in which
/// both hear the same: what happened before its feeds began has then reached the predecessor.
package struct TakeoverMachine {
    package enum Action: Equatable, Sendable {
        case send(TakeoverStep)
        /// Take the topics over and listen, accepting nobody; then call `listens`.
        case adopt
        /// The predecessor publishes no more: serve.
        case serve
        /// The predecessor ended without handing over: serve, with topics that begin anew.
        case beginAnew(String)
        /// The predecessor goes on: do not serve.
        case fail(String)
    }

    package enum State: Equatable, Sendable {
        case hearingHistory, warming
        case settling(until: Instant)
        case hearingAll, adopting, listening
        case over
    }

    /// How the call ended.
    package enum End: Equatable, Sendable {
        /// With OK.
        case agreed
        /// The predecessor closed its socket: it has ended, or stopped publishing to end.
        case left
        /// With any other status.
        case refused
    }

    /// How long both hear the same feeds: some round trips to any venue.
    package static let overlap = Duration.seconds(1)

    /// For an answer of the predecessor. After this long it agrees to nothing any more
    /// (`HandoverMachine.holdLimit`).
    package static let answerLimit = HandoverMachine.holdLimit + .seconds(5)

    package private(set) var state = State.hearingHistory
    private let address: String
    private let warmBy: Instant
    private var answerBy: Instant

    /// - Parameters:
    ///   - address: where it will listen, as configured.
    ///   - limit: for the feeds to have what the predecessor has.
    package init(address: String, at now: Instant, within limit: Duration) {
        self.address = address
        warmBy = now + limit
        answerBy = warmBy
    }

    package mutating func began() -> [Action] {
        [.send(TakeoverStep(.begin, version: HandoverMachine.version, address: address))]
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
            (state, answerBy) = (.hearingAll, now + Self.answerLimit)
            return [.send(TakeoverStep(.ready))]
        case .hearingHistory, .hearingAll, .listening:
            return now < answerBy ? [] : fail("the predecessor did not answer in time")
        case .adopting, .over: return []
        }
    }

    private static func excuse(_ awaited: [String]) -> String {
        let some = awaited.sorted().prefix(3).joined(separator: ", ")
        return "\(awaited.count) topics that the predecessor has are not live here in time: \(some)"
            + (awaited.count > 3 ? ", …" : "")
    }

    /// Topics and port are here.
    package mutating func listens(at now: Instant) -> [Action] {
        guard state == .adopting else { return [] }
        (state, answerBy) = (.listening, now + Self.answerLimit)
        return [.send(TakeoverStep(.listening))]
    }

    /// The call ended. A predecessor that has left publishes no more: once we listen, that is as
    /// good as its agreement.
    package mutating func ended(_ end: End, _ reason: String) -> [Action] {
        switch (state, end) {
        case (.over, _): return []
        case (.listening, .agreed), (.listening, .left):
            state = .over
            return [.serve]
        case (_, .left):
            state = .over
            return [.beginAnew(reason)]
        case (_, .agreed), (_, .refused):
            return fail("the predecessor ended the handover: \(reason)")
        }
    }

    package mutating func fail(_ reason: String) -> [Action] {
        guard state != .over else { return [] }
        state = .over
        return [.fail(reason)]
    }
}
