internal import Base
internal import Runtime

/// What the long-running commands share.
enum Command {
    /// How long open calls may go on after SIGINT or SIGTERM. Default 15 s: longer than a call
    /// takes, shorter than supervisors wait before they kill. Subscriptions are not waited for.
    static let drainLimit = Duration.seconds(15)

    /// How long a successor that is warming up is waited for after SIGINT or SIGTERM. Default 8 s:
    /// an instrument list, a connection and the books' snapshots take less.
    static let successorLimit = Duration.seconds(8)

    /// How long a service may take to shut down: the successor, the drain, two seconds for the
    /// statuses of ended calls to leave, and some for a busy machine.
    private static let shutdownBudget = successorLimit + drainLimit + .seconds(5)

    /// Runs a service on a loop of its own until it ends, or SIGINT or SIGTERM.
    static func run(_ make: (EventLoop) throws -> any Service) async throws {
        try await run(loops: 1, .epoll) { try make($0[0]) }
    }

    /// Runs a service on so many loops. What it cannot start with (a taken port, an unreadable
    /// file) is the user's to change: exit status 2.
    static func run(
        loops count: Int, _ sends: SendMethod, _ make: ([EventLoop]) throws -> any Service
    ) async throws {
        ResourceLimits.raiseDescriptors()
        let loops = try sends.loops(count)
        let loop = loops[0]
        let service = try make(loops)
        do throws(ServiceGroupError) {
            try await ServiceGroup([service], budget: shutdownBudget).run {
                await interruption(on: loop) { await service.reload() }
            }
        } catch {
            if case .failed(let name, let cause) = error {
                if let cause = cause as? SystemError { throw UsageError("\(name): \(cause)") }
                throw cause
            }
            throw error
        }
        for loop in loops { await loop.stop() }
        // What the loop closed last still spoke to its owner.
        withExtendedLifetime(service) {}
    }

    /// Suspends until somebody wants the process gone. SIGHUP calls `reload` meanwhile, again and
    /// again; of those that come while it is busy, one is remembered.
    private static func interruption(
        on loop: EventLoop, reload: @escaping @Sendable () async -> Void
    ) async {
        let (ends, endFeed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (reloads, reloadFeed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do {
            try await loop.run {
                try Signals.deliver(on: loop) { signal in
                    switch signal {
                    case .hangUp: reloadFeed.yield()
                    case .interrupt, .terminate: endFeed.yield()
                    }
                }
            }
        } catch {
            Log("penstock").error("signals cannot be received", [("reason", "\(error)")])
        }
        async let reloading: Void = { for await _ in reloads { await reload() } }()
        for await _ in ends { break }
        reloadFeed.finish()
        await reloading
    }
}

/// Lets a service's `run` wait until its `shutDown` is done. Confined to the service's actor.
final class Life {
    private var waiting: CheckedContinuation<Void, Never>?
    private var isOver = false

    func wait(isolation: isolated (any Actor)? = #isolation) async {
        guard !isOver else { return }
        await withCheckedContinuation { waiting = $0 }
    }

    func end() {
        isOver = true
        waiting?.resume()
        waiting = nil
    }
}
