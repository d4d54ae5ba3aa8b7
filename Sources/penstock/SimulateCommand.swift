internal import Runtime
internal import Simulator

/// `penstock simulate`: venues as they really behave, from recordings or a seeded market.
struct SimulateCommand {
    static let options = [
        Arguments.Option(
            name: "--listen", value: "ADDR:PORT",
            help: "where connectors connect (default \(SimulatorConfiguration.listenDefault))"),
        Arguments.Option(
            name: "--recording", value: "FILE", help: ".jsonl or .jsonl.gz to play", repeats: true),
        Arguments.Option(
            name: "--speed", value: "X|max", help: "times the original speed (default 1)"),
        Arguments.Option(name: "--seed", value: "N", help: "of market and faults (default 1)"),
        Arguments.Option(
            name: "--fault", value: "KIND:RATE", help: "make it worse, on purpose", repeats: true),
        Arguments.Option(
            name: "--start-after", value: "SECONDS",
            help: "from the latest SUBSCRIBE to the first message (default 1)"),
    ]

    private let configuration: SimulatorConfiguration

    init(_ words: ArraySlice<String>) throws(UsageError) {
        let arguments = try Arguments(words, command: "simulate", options: Self.options)
        var flat: [String] = []
        for option in Self.options {
            for value in arguments.all(option.name) { flat += [option.name, value] }
        }
        do throws(SimulatorArgumentError) {
            configuration = try SimulatorConfiguration(arguments: flat)
        } catch {
            throw UsageError("simulate: \(error)")
        }
    }

    func run() async throws {
        do {
            try await Command.run { SimulatorService(configuration, loop: $0) }
        } catch let error as SimulatorError {
            throw UsageError("simulate: \(error)")
        }
    }
}

/// The simulator as a service.
private actor SimulatorService: Service {
    nonisolated let name = "simulate"
    private let simulator: Simulator
    private let life = Life()

    init(_ configuration: SimulatorConfiguration, loop: EventLoop) {
        simulator = Simulator(configuration, loop: loop) { StandardStreams.output($0 + "\n") }
    }

    func run() async throws {
        StandardStreams.output("listening on \(try await simulator.start())\n")
        await life.wait()
    }

    func shutDown() async {
        await simulator.stop()
        life.end()
    }
}
