/// Something that lives as long as the process: gateway, feeds, simulator.
package protocol Service: Sendable {
    /// For logs and errors.
    var name: String { get }
    /// The whole life: returns when the work is over, throws if it cannot go on.
    func run() async throws
    /// Asks `run` to end in an orderly way. `run` may end later than this returns.
    func shutDown() async
    /// Reads again what an operator may have changed, such as certificates; what cannot be used
    /// changes nothing. Does nothing unless the service has such a thing.
    func reload() async
}

extension Service {
    package func reload() async {}
}

/// Why a group of services ended other than by being asked to.
package enum ServiceGroupError: Error, CustomStringConvertible {
    /// One service failed; the others were shut down.
    case failed(service: String, any Error)
    /// These services still ran when the budget for shutting down was spent.
    case overran(services: [String], budget: Duration)

    package var description: String {
        switch self {
        case .failed(let service, let error): "\(service): \(error)"
        case .overran(let services, let budget):
            "\(services.joined(separator: ", ")): still running \(budget) after shutdown began"
        }
    }
}
