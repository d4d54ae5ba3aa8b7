/// Roles with all that they imply.
package struct RoleSet: Equatable, Sendable {
    private var bits: UInt8 = 0

    package init(_ roles: some Sequence<Role>) {
        for role in roles { insert(role) }
    }

    package static let none = RoleSet([])

    package func contains(_ role: Role) -> Bool { bits & Self.bit(role) != 0 }

    package var isEmpty: Bool { bits == 0 }

    private mutating func insert(_ role: Role) {
        guard !contains(role) else { return }
        bits |= Self.bit(role)
        for implied in role.implied { insert(implied) }
    }

    private static func bit(_ role: Role) -> UInt8 {
        switch role {
        case .viewer: 1
        case .producer: 2
        case .liquidator: 4
        case .operator: 8
        case .admin: 16
        }
    }
}

extension RoleSet: CustomStringConvertible {
    package var description: String {
        Role.allCases.filter(contains).map(\.rawValue).joined(separator: ",")
    }
}
