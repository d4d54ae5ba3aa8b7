import Base
import GRPC
import Runtime
import Schema
import Testing

@testable import Gateway

@Suite struct `Channelz` {
    @Test(
        arguments: [
            (0, 0, [1, 2, 5, 9], true), (0, 3, [1, 2, 5], false), (0, 4, [1, 2, 5, 9], true),
            (2, 2, [2, 5], false), (3, 2, [5, 9], true), (10, 0, [], true),
            (0, .max, [1, 2, 5, 9], true),
        ] as [(Int64, Int64, [Int64], Bool)])
    func `a page begins at its start and says whether it is the last`(
        start: Int64, most: Int64, page: [Int64], isEnd: Bool
    ) throws {
        let found = try ChannelzPage(start: start, resultsMax: most).cut([5, 1, 9, 2])
        #expect(Array(found.page) == page)
        #expect(found.isEnd == isEnd)
    }

    @Test(arguments: [(Int64(-1), Int64(0)), (0, -1)])
    func `a negative number is INVALID_ARGUMENT`(start: Int64, most: Int64) {
        #expect(throws: RPCStatus.self) {
            try ChannelzPage(start: start, resultsMax: most)
        }
    }

    @Test func `no page is longer than its limit`() throws {
        let page = try ChannelzPage(start: nil, resultsMax: 1_000_000)
        let most = Int64(ChannelzPage.sizeMax)
        #expect(page.cut(1...most).isEnd)
        let beyond = page.cut(1...most + 1)
        #expect(beyond.page.count == ChannelzPage.sizeMax && !beyond.isEnd)
    }

    @Test func `a trace keeps the latest events and counts all`() {
        var trace = ChannelzTrace(at: Timestamp(nanoseconds: 5))
        for number in 0..<40 {
            trace.add("\(number)", .warning, at: Timestamp(nanoseconds: Int64(number)))
        }
        let message = trace.message
        #expect(message.eventsLogged == 40 && message.events.count == ChannelzTrace.eventsMax)
        #expect(message.events.first?.description == "8")
        #expect(message.events.last?.description == "39")
        #expect(message.created == TimestampMessage(seconds: 0, nanoseconds: 5))
    }

    @Test func `a channel keeps the numbers of its connections and never reuses one`() {
        let source = FakeSource("venue:a")
        let channel = ChannelzChannel(source, group: ServerGroup(GatewayLimits()))
        source.sockets = [socket(1), socket(2)]
        let before = channel.message.sockets.compactMap(\.id)
        #expect(Set(before + [channel.id]).count == 3)
        source.sockets = [socket(2), socket(3)]
        let after = channel.message.sockets.compactMap(\.id)
        #expect(after[0] == before[1] && !before.contains(after[1]))
        #expect(channel.socket(before[0]) == nil)
        #expect(channel.socket(after[1])?.data?.messagesReceived == 3)
    }

    private func socket(_ serial: Int) -> ChannelSocket {
        ChannelSocket(
            serial: serial, local: nil, remote: nil, messagesSent: 0, messagesReceived: serial,
            lastSent: nil, lastReceived: nil)
    }

    @Test func `health follows the sources from the first moment to the last`() async throws {
        let loop = try EventLoop(name: "channelz-test")
        let seen = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                let sources = ["venue:a", "venue:b"].map { FakeSource($0) }
                var options = GatewayOptions()
                options.sources = sources
                let server = GatewayServer(
                    loop: loop, metrics: MetricRegistry(), services: [FakeService()],
                    options: options)
                var seen: [[Bool]] = []
                func look() {
                    seen.append(["", "a.B", "venue:a", "venue:b"].map { server.health.serves($0) })
                }
                do {
                    sources[0].state = .connecting
                    sources[1].state = .connecting
                    _ = try server.listen(on: SocketAddress("127.0.0.1:0")!)
                    look()
                    for (index, state) in [(0, .ready), (1, .ready), (0, .transientFailure)]
                        as [(Int, ChannelState)]
                    {
                        sources[index].state = state
                        look()
                    }
                    server.drain(within: .zero) {}
                    sources[0].state = .ready
                    look()
                    continuation.resume(returning: seen)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(
            seen == [
                [false, false, false, false], [true, true, true, false], [true, true, true, true],
                [true, true, false, true], [false, false, false, false],
            ])
        await loop.stop()
    }
}

private final class FakeSource: ChannelzSource {
    let name: String
    let target = "ws://127.0.0.1:1"
    var state = ChannelState.idle {
        didSet { stateChanged() }
    }
    var calls = CallCounts()
    var sockets: [ChannelSocket] = []
    var stateChanged: () -> Void = {}

    init(_ name: String) { self.name = name }
}

private struct FakeService: RPCService {
    let name = "a.B"

    func register(in router: RPCRouter) {}
}
