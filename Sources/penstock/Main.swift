internal import Runtime

/// The composition root: finds the command, runs it, turns its end into an exit status.
/// 0: done or interrupted. 1: it ran and failed. 2: it was asked for something impossible.
@main
struct Penstock {
    static let version = "0.1.0"

    static func main() {
        let words = CommandLine.arguments.dropFirst()
        MainThread.run {
            do {
                try await run(words)
                return 0
            } catch let error as UsageError {
                StandardStreams.error("penstock \(error.message)\n")
                return 2
            } catch {
                StandardStreams.error("penstock \(error)\n")
                return 1
            }
        }
    }

    private static func run(_ words: ArraySlice<String>) async throws {
        let rest = words.dropFirst()
        switch words.first {
        case "serve": try await ServeCommand(rest).run()
        case "simulate": try await SimulateCommand(rest).run()
        case "watch": try await WatchCommand(rest).run()
        case "bench" where rest.first == "serve":
            try await BenchServeCommand(rest.dropFirst()).run()
        case "bench": try await BenchCommand(rest).run()
        case "version", "--version": StandardStreams.output("penstock \(version)\n")
        case nil, "help", "--help", "-h": StandardStreams.output(Help.text(for: rest.first))
        case let other?:
            throw UsageError(
                "has no command \"\(other)\"; allowed: serve, simulate, watch, bench, help, version"
            )
        }
    }
}

/// A command that ran and could not do its work: one line on standard error, exit status 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
