/// How far a fleet is.
package enum FleetEvent {
    /// Everybody is connected and current.
    case connected
    /// The measurement begins.
    case began
    /// What happened to a connection that should live; for people.
    case lost(String)
    /// The last one. The connections are still there.
    case ended(FleetReport)
}
