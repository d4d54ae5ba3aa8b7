internal import Base
internal import Runtime

/// What the long-running commands share.
enum Command {
    /// How long open calls may hold up the end. Default 1.5 s: an interrupted process is gone
    /// within two.
    static let drainLimit = Duration.milliseconds(1500)

    /// Runs a service on a loop of its own until it ends, or SIGINT or SIGTERM. What it cannot
    /// start with (a taken port, an unreadable file) is the user's to change: exit status 2.
    static func run(_ make: (EventLoop) throws -> any Service) async throws {
        ResourceLimits.raiseDescriptors()
        let loop = try EventLoop(name: "loop-0")
        let service = try make(loop)
        do throws(ServiceGroupError) {
            try await ServiceGroup([service]).run { await interruption(of: service, on: loop) }
        } catch {
            if case .failed(let name, let cause) = error {
                if let cause = cause as? SystemError { throw UsageError("\(name): \(cause)") }
                throw cause
            }
            throw error
        }
        await loop.stop()
        // What the loop closed last still spoke to its owner.
        withExtendedLifetime(service) {}
    }

    /// Suspends until somebody wants the process gone.
    private static func interruption(of service: any Service, on loop: EventLoop) async {
        let (signals, feed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do {
            try await loop.run {
                try Signals.deliver(on: loop) { signal in
                    guard signal == .hangUp else { return _ = feed.yield() }
                    if let service = service as? any Reloadable { service.reloadInLoop() }
                }
            }
        } catch {
            Log("penstock").error("signals cannot be received", [("reason", "\(error)")])
        }
        for await _ in signals { return }
    }
}

/// A service on a loop that reads its files again when it is told to (SIGHUP).
protocol Reloadable: Actor {
    func reload()
}

extension Reloadable {
    /// From the loop that this actor is pinned to.
    nonisolated func reloadInLoop() { assumeIsolated { $0.reload() } }
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
