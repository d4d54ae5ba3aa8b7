package import GRPC
internal import Market
package import Schema
internal import Streams

/// One subscription over as many calls as it takes: the merged states, the numbers that the
/// present call gave them, and where to resume.
///
///     begun ──subscribed──► running ──hole, finished──► begun …
///
/// Pure; `MarketDataClient` brings the bytes.
package struct SubscriptionMachine: ~Copyable {
    private struct Entry {
        var state: MergedState
        var isOver = false
    }

    private var entries: [Entry]
    private var numbers: [UInt32: Int] = [:]
    private var isRunning = false
    /// With a client's waits between them, the better part of a minute.
    private static let exhaustionsMax = 10
    /// How often the server may say from now on that it is too much. None before a call was
    /// acknowledged: then too much was asked.
    private var exhaustionsLeft = 0
    /// What each call asks beside its topics and positions.
    private let wanted: SubscribeRequest

    /// - Parameters:
    ///   - topics: names; one named twice counts once.
    ///   - wanted: filter and beginning.
    package init(topics: [String], wanted: SubscribeRequest = SubscribeRequest()) {
        self.wanted = wanted
        var known: Set<String> = []
        entries = topics.filter { known.insert($0).inserted }.map { name in
            Entry(state: MergedState(topic: name))
        }
    }

    /// Whether the present call was acknowledged.
    package var isAcknowledged: Bool { isRunning }

    package var summary: String {
        "\(isRunning ? "running" : "begun"), \(numbers.count) of \(entries.count) topics"
    }

    /// In the order of the request, without those that ended.
    package var states: [MergedState] { entries.filter { !$0.isOver }.map(\.state) }

    /// What to ask of the next call.
    package var request: SubscribeRequest {
        let open = states
        var request = wanted
        request.topics = open.map(\.topic)
        request.resume =
            open.compactMap { state in
                guard let position = state.position else { return nil }
                return TopicPosition(
                    topic: state.topic, epoch: position.epoch, sequence: position.sequence)
            }
        return request
    }

    /// A new call begins: numbers of the last one mean nothing.
    package mutating func began() {
        numbers = [:]
        isRunning = false
    }

    /// Takes one message of the call.
    /// - Throws: when the call is of no further use; a topic with a hole has forgotten its state,
    ///   so that the next request asks for a snapshot. Cancel the call and begin another.
    package mutating func received(
        _ update: Update, _ deliver: (SubscriptionEvent, MergedState) -> Void
    ) throws(SubscriptionError) {
        if case .subscribed(let subscribed) = update.payload {
            if isRunning { throw .subscribedTwice }
            (isRunning, exhaustionsLeft) = (true, Self.exhaustionsMax)
            return begin(subscribed, deliver)
        }
        guard isRunning, let number = update.topic else { throw .topicMissing }
        guard let index = numbers[number] else { throw .unknownNumber(number) }
        // It may have been under way when its topic ended.
        if entries[index].isOver { return }
        if case .rejected(let rejected) = update.payload {
            return end(index, rejected, deliver)
        }
        do throws(MergeError) {
            if try entries[index].state.apply(update) == .ignored { return }
        } catch {
            entries[index].state.forget()
            throw .merge(topic: entries[index].state.topic, error)
        }
        // A filter lets nothing pass of a range of events: only the position has moved.
        let isProgress = update.payload == nil && update.status == nil
        if isProgress, !entries[index].state.kind.isState { return }
        deliver(.updated(update), entries[index].state)
    }

    /// The call ended, or the connection, or there was none: what we have is doubtful now.
    package mutating func finished(
        _ status: RPCStatus, _ deliver: (SubscriptionEvent, MergedState) -> Void
    ) -> SubscriptionEnd {
        began()
        if entries.allSatisfy(\.isOver) { return .nothingLeft }
        switch status.code {
        case .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .unauthenticated,
            .failedPrecondition, .outOfRange, .unimplemented:
            return .refused(status)
        case .resourceExhausted:
            // What was granted before is not too much for ever: we were too slow, or others ask at
            // this moment.
            if exhaustionsLeft == 0 { return .refused(status) }
            exhaustionsLeft -= 1
        case .ok, .cancelled, .unknown, .deadlineExceeded, .aborted, .internal, .unavailable,
            .dataLoss:
            break
        }
        for index in entries.indices where !entries[index].isOver {
            let known = entries[index].state.status
            entries[index].state.disconnected()
            if entries[index].state.status != known && known != .unspecified {
                deliver(.statusChanged, entries[index].state)
            }
        }
        return .retry
    }

    private mutating func begin(
        _ subscribed: Subscribed, _ deliver: (SubscriptionEvent, MergedState) -> Void
    ) {
        for accepted in subscribed.accepted {
            guard let number = accepted.number, let index = index(of: accepted.name) else {
                continue
            }
            numbers[number] = index
            let known = entries[index].state.status
            entries[index].state.accepted(accepted)
            let state = entries[index].state
            // A live topic that nobody was told to doubt, or whose snapshot is on its way, speaks
            // for itself.
            let isNews = state.status != .live || (known != .unspecified && state.position != nil)
            if state.status != known && isNews { deliver(.statusChanged, state) }
        }
        for rejected in subscribed.rejected {
            if let index = index(of: rejected.name) { end(index, rejected, deliver) }
        }
    }

    private mutating func end(
        _ index: Int, _ rejected: RejectedTopic,
        _ deliver: (SubscriptionEvent, MergedState) -> Void
    ) {
        entries[index].isOver = true
        entries[index].state.disconnected()
        deliver(.rejected(rejected), entries[index].state)
    }

    private func index(of name: String?) -> Int? {
        entries.firstIndex { $0.state.topic == name && !$0.isOver }
    }
}
