import Identity
import Market
import Testing

@testable import Gateway

@Suite struct AccessPolicyTests {
    @Test(arguments: [
        ("/penstock.v1.MarketData/Subscribe", AccessPolicy.Access.role(.viewer)),
        ("/penstock.v1.MarketData/Anything", .role(.viewer)),
        ("/penstock.v1.MarketData/Publish", .role(.producer)),
        ("/grpc.channelz.v1.Channelz/GetServers", .role(.operator)),
        ("/penstock.v1.Admin/Drain", .role(.admin)), ("/grpc.health.v1.Health/Watch", .open),
        ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", .role(.viewer)),
        ("/some.Service/Method", .unlisted), ("/penstock.v1.MarketDataX/Subscribe", .unlisted),
        ("penstock.v1.MarketData/Subscribe", .unlisted), ("/", .unlisted), ("", .unlisted),
        ("//penstock.v1.MarketData/Subscribe", .unlisted),
    ])
    func `a method needs the role of the table, and nobody gets what is not in it`(
        path: String, access: AccessPolicy.Access
    ) {
        #expect(AccessPolicy().access(to: path) == access)
    }

    @Test func `health and reflection are opened and closed by configuration`() {
        var policy = AccessPolicy()
        policy.isHealthOpen = false
        policy.isReflectionOpen = true
        #expect(policy.access(to: "/grpc.health.v1.Health/Check") == .role(.viewer))
        let path = "ServerReflection/ServerReflectionInfo"
        #expect(policy.access(to: "/grpc.reflection.v1.\(path)") == .open)
        #expect(policy.access(to: "/grpc.reflection.v1alpha.\(path)") == .open)
    }

    @Test func `every kind of topic is either public or was kept back on purpose`() {
        let keptBack: [TopicKind] = []
        for kind in TopicKind.allCases {
            let isPublic = TopicGrants.everythingPublic.allows("\(kind.rawValue):x:y")
            #expect(isPublic != keptBack.contains(kind), "\(kind)")
        }
    }
}
