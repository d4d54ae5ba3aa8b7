/// With whom a server shares its port.
package enum PortUse: Sendable {
    case alone
    /// Taken by nobody else now; a successor may join later.
    case first
    /// Beside a predecessor; connections wait until `GatewayServer.takeOverPort`.
    case successor
}
