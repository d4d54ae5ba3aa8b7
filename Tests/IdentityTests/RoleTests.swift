import Testing

@testable import Identity

@Suite struct RoleTests {
    @Test(arguments: [
        (Role.viewer, [Role.viewer]), (.producer, [.viewer, .producer]),
        (.liquidator, [.viewer, .liquidator]), (.operator, [.viewer, .operator]),
        (.admin, [.viewer, .operator, .admin]),
    ])
    func `a role is itself and what the table says`(role: Role, holds: [Role]) {
        let set = RoleSet([role])
        for other in Role.allCases {
            #expect(set.contains(other) == holds.contains(other), "\(role) and \(other)")
        }
    }

    @Test func `nobody without a role may do anything`() {
        #expect(RoleSet.none.isEmpty)
        #expect(Role.allCases.allSatisfy { !RoleSet.none.contains($0) })
    }
}
