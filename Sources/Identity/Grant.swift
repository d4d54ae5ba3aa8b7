/// What a principal gets whose credentials do not say.
package struct Grant: Equatable, Sendable {
    /// Default: may read.
    package var roles = RoleSet([.viewer])
    /// Default: every topic of a public kind.
    package var topics = TopicGrants.everythingPublic

    package init() {}

    package init(roles: RoleSet, topics: TopicGrants) {
        self.roles = roles
        self.topics = topics
    }
}
