/// How well the process serves as a whole, by the connections that it lives from.
package enum SystemStatus: Equatable, Sendable {
    /// Every one is connected or has nothing to do; or there is none to connect to.
    case healthy
    /// At least one is.
    case degraded
    /// None is: everything this process knows is old.
    case critical
    /// The process takes no new work.
    case offline

    package init(_ states: [ChannelState], isOpen: Bool) {
        let serving = states.count(where: \.serves)
        if !isOpen {
            self = .offline
        } else if serving == states.count {
            self = .healthy
        } else {
            self = serving > 0 ? .degraded : .critical
        }
    }

    /// As gRPC's health service and `/healthz` tell it. A load balancer should rather have an
    /// instance with half of the venues than none.
    package var serves: Bool { self == .healthy || self == .degraded }
}
