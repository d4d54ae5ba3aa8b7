internal import Runtime

/// Holds the fleet on its loop until it is over.
actor LoadNode {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var fleet: Fleet?

    init(loop: EventLoop) { self.loop = loop }

    /// Whether nothing was wrong.
    func run(_ options: LoadOptions) async -> Bool {
        await withCheckedContinuation { continuation in
            let fleet = Fleet(options, on: loop) { continuation.resume(returning: $0) }
            self.fleet = fleet
            fleet.start()
        }
    }
}
