internal import Base

/// Work handed to a loop from any thread, first in, first out.
///
/// The loop sleeps only after it said so under the lock, and only then does a sender have to wake
/// it: a batch of work costs one wake, and work for a busy loop costs none.
final class Mailbox: Sendable {
    /// `@unchecked Sendable`: a closure is given away by its sender (`sending`), kept under the
    /// mailbox's lock, and taken out once, by the loop.
    enum Work: @unchecked Sendable {
        case closure(() -> Void)
        case job(UnownedJob)
    }

    /// `@unchecked Sendable`: given away by its sender (`sending`), called once, by the loop.
    struct Handed<Result>: @unchecked Sendable {
        let work: () throws -> Result
        init(_ work: sending @escaping () throws -> Result) { self.work = work }
    }

    private struct State {
        var work: [Work] = []
        var isAsleep = false
    }

    private let state = Locked(State())
    /// Work that was ever taken out, one by one.
    let posts = Counter()

    /// True if the loop sleeps and has to be woken by the caller.
    func append(_ work: Work) -> Bool {
        state.withLock { state in
            state.work.append(work)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
    }

    /// Announces that the loop is going to sleep; false if there is work that forbids it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.work.isEmpty
            return state.isAsleep
        }
    }

    /// Exchanges the waiting work against `emptied`, whose memory is kept for the next batch.
    func take(into emptied: inout [Work]) {
        var batch = consume emptied
        state.withLock { state in
            state.isAsleep = false
            swap(&state.work, &batch)
        }
        posts.add(UInt64(batch.count))
        emptied = batch
    }
}
