/// gRPC's connectivity states, of a connection that the process made.
package enum ChannelState: Equatable, Sendable {
    /// Nothing to connect for.
    case idle
    case connecting
    /// Connected and alive.
    case ready
    /// Lost or silent; will be tried again.
    case transientFailure
    case shutdown

    /// What it stands for may be had: now, or as soon as somebody asks.
    package var serves: Bool { self == .ready || self == .idle }
}
