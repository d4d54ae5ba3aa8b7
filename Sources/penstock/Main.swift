internal import Base
internal import Glibc
internal import Runtime

/// The composition root: finds the command, runs it, turns its end into an exit status.
/// 0: done or interrupted. 1: it ran and failed. 2: it was asked for something impossible.
@main
struct Penstock {
    static let version = "0.1.0"

    static func main() async {
        // Before any thread exists: they inherit the mask.
        Signals.block()
        let words = CommandLine.arguments.dropFirst()
        do {
            try await run(words)
        } catch let error as UsageError {
            StandardStreams.error("penstock \(error.message)\n")
            exit(2)
        } catch let error as CommandFailure {
            StandardStreams.error("penstock \(error.message)\n")
            exit(1)
        } catch {
            StandardStreams.error("penstock: \(error)\n")
            exit(1)
        }
        exit(0)
    }

    private static func run(_ words: ArraySlice<String>) async throws {
        let rest = words.dropFirst()
        switch words.first {
        case "serve": try await ServeCommand(rest).run()
        case "simulate": try await SimulateCommand(rest).run()
        case "watch": try await WatchCommand(rest).run()
        case "bench": try await BenchCommand(rest).run()
        case "version", "--version": StandardStreams.output("penstock \(version)\n")
        case nil, "help", "--help", "-h": StandardStreams.output(Help.text(for: rest.first))
        case let other?:
            throw UsageError(
                ": unknown command \"\(other)\"; allowed: serve, simulate, watch, bench, help, version")
        }
    }
}

/// A command that ran and could not do its work: one line on standard error, exit status 1.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
