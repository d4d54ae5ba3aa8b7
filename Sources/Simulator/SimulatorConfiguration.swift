package import Runtime

/// What a simulator plays, where and how.
package struct SimulatorConfiguration: Sendable {
    /// Port 0: any free port.
    package var listen: SocketAddress
    /// Files to play; none: the seeded market model.
    package var recordings: [String] = []
    /// Original timing, because that is what a venue does.
    package var speed = Speed.times(1)
    /// Of the market model and of the faults.
    package var seed: UInt64 = 1
    package var faults: [Fault] = []
    /// Between the latest SUBSCRIBE and the first message. One second lets a client subscribe in
    /// several messages without losing the beginning.
    package var startAfter: Duration = .seconds(1)

    package init(listen: SocketAddress) { self.listen = listen }
}

/// An argument that cannot be used: what, where, and what is allowed.
package struct SimulatorArgumentError: Error, Equatable, CustomStringConvertible {
    package let option: String
    package let value: String
    package let allowed: String

    package var description: String { "\(option) '\(value)': \(allowed)" }
}

extension SimulatorConfiguration {
    /// Where `penstock simulate` listens when nobody says otherwise.
    package static let listenDefault = "127.0.0.1:7450"

    /// From the command line behind `penstock simulate`.
    package init(arguments: [String]) throws(SimulatorArgumentError) {
        guard let address = SocketAddress(Self.listenDefault) else {
            preconditionFailure("the default address is well-formed")
        }
        self.init(listen: address)
        var rest = arguments[...]
        while let option = rest.popFirst() {
            let known = [
                "--listen", "--recording", "--speed", "--seed", "--fault", "--start-after",
            ]
            guard known.contains(option) else {
                throw SimulatorArgumentError(
                    option: "argument", value: option,
                    allowed: "unknown; allowed: \(known.joined(separator: ", "))")
            }
            guard let value = rest.popFirst() else {
                throw SimulatorArgumentError(
                    option: option, value: "", allowed: "a value must follow")
            }
            try set(option, value)
        }
    }

    private mutating func set(
        _ option: String, _ value: String
    ) throws(SimulatorArgumentError) {
        func bad(_ allowed: String) -> SimulatorArgumentError {
            SimulatorArgumentError(option: option, value: value, allowed: allowed)
        }
        switch option {
        case "--listen":
            guard let address = SocketAddress(value) else {
                throw bad("must be ADDR:PORT, for instance 127.0.0.1:7450")
            }
            listen = address
        case "--recording":
            if value.isEmpty { throw bad("must name a .jsonl or .jsonl.gz file") }
            recordings.append(value)
        case "--speed":
            guard let speed = Speed(value) else {
                throw bad("must be a number above 0 and up to 1000000, or max")
            }
            self.speed = speed
        case "--seed":
            guard let seed = UInt64(value) else {
                throw bad("must be a whole number from 0 to \(UInt64.max)")
            }
            self.seed = seed
        case "--fault":
            guard let fault = Fault(value) else {
                let kinds = Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw bad("must be KIND:RATE, KIND one of \(kinds), RATE from 0 to 1")
            }
            faults.append(fault)
        default:
            guard let seconds = Double(value), (0...3600).contains(seconds) else {
                throw bad("must be seconds from 0 to 3600")
            }
            startAfter = .milliseconds(Int64(seconds * 1000))
        }
    }
}
