/// What a principal may do. A closed set: a method needs exactly one of them (see the table of
/// methods in Gateway), and a role may stand for others.
package enum Role: String, CaseIterable, Sendable {
    /// Reads market data.
    case viewer
    /// Publishes to topics.
    case producer
    /// Leases liquidations and reads what only they may know.
    case liquidator
    /// Looks into the running server.
    case `operator`
    /// Changes the running server.
    case admin

    /// The one table of who stands for whom. Nobody gets `producer` or `liquidator` by the way:
    /// an administrator who wants to liquidate says so.
    var implied: [Role] {
        switch self {
        case .viewer: []
        case .producer, .liquidator, .operator: [.viewer]
        case .admin: [.operator]
        }
    }

    /// For messages: every role there is.
    package static let known = allCases.map(\.rawValue).joined(separator: ", ")
}
