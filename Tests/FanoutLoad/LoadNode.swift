import Load
import Runtime

/// Holds the fleet on its loop until it is over. Says `connected`, `begin` and `end` on a line of
/// its own each when it is so far, and then everything in one line of JSON.
actor LoadNode {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var fleet: Fleet?

    init(loop: EventLoop) { self.loop = loop }

    /// Whether nothing was wrong.
    func run(_ options: FleetOptions) async -> Bool {
        await withCheckedContinuation { continuation in
            let fleet = Fleet(options, on: loop) { event in
                switch event {
                case .connected: StandardStreams.output("connected\n")
                case .began: StandardStreams.output("begin\n")
                case .lost(let what): StandardStreams.error(what + "\n")
                case .ended(let report):
                    StandardStreams.output("end\n{\(report.json)}\n")
                    continuation.resume(returning: report.isSound)
                }
            }
            self.fleet = fleet
            fleet.start()
        }
    }
}
