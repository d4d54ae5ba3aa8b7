internal import Identity

/// Who may call what. The one place where methods meet roles.
package struct AccessPolicy: Sendable {
    /// Whether health is told to anybody. Default: yes, since balancers and probes have no
    /// credentials, and it says no more than a connection that is accepted.
    package var isHealthOpen = true
    /// Whether descriptors are told to anybody. Default: no.
    package var isReflectionOpen = false
    /// How long a living call goes on after its credentials have expired, so that its client can
    /// refresh them. Default 25 s: what Centrifugo gives.
    package var expiryGrace = Duration.seconds(25)

    package init() {}

    /// What a method asks of its caller.
    enum Access: Equatable {
        case open
        case role(Role)
        /// Nobody said who may call it, so nobody may.
        case unlisted
    }

    /// The role that each service needs; a service that is not listed here is served to nobody.
    private static let roles: [String: Role] = [
        "penstock.v1.MarketData": .viewer,
        "penstock.v1.Admin": .admin,
        "grpc.channelz.v1.Channelz": .operator,
        "grpc.health.v1.Health": .viewer,
        "grpc.reflection.v1.ServerReflection": .viewer,
        "grpc.reflection.v1alpha.ServerReflection": .viewer,
    ]

    /// Methods that need more than their service does.
    private static let methodRoles: [String: Role] = [
        "/penstock.v1.MarketData/Publish": .producer
    ]

    /// Methods with one answer: whoever was allowed to ask gets it. All others are watched until
    /// they end, so that a new one is safe before it is listed.
    private static let judgedOnce: Set = [
        "/penstock.v1.MarketData/GetSnapshot", "/penstock.v1.MarketData/ListInstruments",
        "/penstock.v1.MarketData/GetHistory", "/penstock.v1.MarketData/GetReplayInfo",
        "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/List",
    ]

    func access(to path: String) -> Access {
        let service = path.dropFirst().prefix { $0 != "/" }
        if isHealthOpen && service == "grpc.health.v1.Health" { return .open }
        if isReflectionOpen && service.hasPrefix("grpc.reflection.") { return .open }
        return (Self.methodRoles[path] ?? Self.roles[String(service)]).map { .role($0) }
            ?? .unlisted
    }

    func isJudgedOnce(_ path: String) -> Bool { Self.judgedOnce.contains(path) }
}
