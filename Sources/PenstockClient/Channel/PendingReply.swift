internal import Runtime

/// An answer on its way from the loop to the task that waits for it. The first one counts.
final class PendingReply: Sendable {
    typealias Value = Result<[UInt8], PenstockError>

    private struct State {
        var value: Value?
        var asker: CheckedContinuation<Value, Never>?
    }

    private let state = Locked(State())

    /// Somebody has answered, or nobody wants to know any more.
    var isOver: Bool { state.withLock { $0.value != nil } }

    func finish(_ value: Value) {
        let asker = state.withLock { state -> CheckedContinuation<Value, Never>? in
            guard state.value == nil else { return nil }
            state.value = value
            return state.asker.take()
        }
        asker?.resume(returning: value)
    }

    /// Suspends until there is one.
    func value() async -> Value {
        await withCheckedContinuation { asker in
            let value = state.withLock { state -> Value? in
                if state.value == nil { state.asker = asker }
                return state.value
            }
            if let value { asker.resume(returning: value) }
        }
    }
}
