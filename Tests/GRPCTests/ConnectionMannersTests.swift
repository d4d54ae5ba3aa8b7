import Base
import HTTP2
import Testing

@testable import GRPC

@Suite struct ConnectionMannersTests {
    typealias Action = ConnectionManners.Action

    let start = Instant(nanoseconds: 0)

    func view(
        calls: Int = 0, output: Int = 0, taken: UInt64 = 0
    ) -> ConnectionManners.View {
        ConnectionManners.View(openCalls: calls, outputBytes: output, takenBytes: taken)
    }

    func tick(
        _ manners: inout ConnectionManners, _ seconds: Int, _ view: ConnectionManners.View
    ) -> [Action] {
        var actions: [Action] = []
        manners.tick(now: start + .seconds(seconds), view, into: &actions)
        return actions
    }

    @Test func `before the first byte there is nothing to do`() {
        var manners = ConnectionManners(RPCLimits(), jitter: 0)
        let next = manners.nextTick(openCalls: 0)
        #expect(next == nil)
        #expect(tick(&manners, 1000, view()).isEmpty)
        manners.becameIdle(now: start)
        let deadline = manners.deadline
        #expect(deadline == nil)
    }

    @Test func `a silent peer is asked after 30 s and abandoned 20 s later`() {
        var manners = ConnectionManners(RPCLimits(), jitter: 0)
        manners.received(now: start)
        let next = manners.nextTick(openCalls: 1)
        #expect(next == start + .seconds(30))
        #expect(tick(&manners, 30, view(calls: 1)) == [.sendKeepalivePing, .lookForStalls])
        #expect(tick(&manners, 49, view(calls: 1)).isEmpty)
        #expect(
            tick(&manners, 50, view(calls: 1)) == [.note(.keepalive), .abandonConnection])
    }

    @Test func `a peer that speaks and never reads is abandoned`() {
        var manners = ConnectionManners(RPCLimits(), jitter: 0)
        var actions: [Action] = []
        for seconds in stride(from: 0, through: 120, by: 10) {
            manners.received(now: start + .seconds(seconds))
            actions += tick(&manners, seconds, view(calls: 1, output: 100, taken: 5))
        }
        #expect(
            actions == [
                .lookForStalls, .lookForStalls, .note(.stalledOutput), .abandonConnection,
                .lookForStalls,
            ])
    }

    @Test func `age drains in two steps and then ends the calls`() {
        var limits = RPCLimits()
        limits.connectionAgeMax = .seconds(20)
        limits.connectionAgeGrace = .seconds(5)
        var manners = ConnectionManners(limits, jitter: 0)
        manners.received(now: start)
        #expect(
            tick(&manners, 20, view(calls: 2)) == [
                .note(.connectionAge), .sendNoticeAndPing,
                .tellCalls(deadline: start + .seconds(25)),
            ])
        var actions: [Action] = []
        manners.ponged(1, into: &actions)
        #expect(actions.isEmpty)
        manners.ponged(ConnectionDrain.pingOpaque, into: &actions)
        #expect(actions == [.sendGoAway])
        #expect(tick(&manners, 25, view(calls: 2)) == [.endCalls])
        #expect(tick(&manners, 26, view()) == [.closeConnection])
    }

    @Test func `idleness drains, and its ping is not waited for longer than its timeout`() {
        var limits = RPCLimits()
        limits.connectionIdleMax = .seconds(10)
        var manners = ConnectionManners(limits, jitter: 0)
        manners.received(now: start)
        #expect(tick(&manners, 9, view()).isEmpty)
        #expect(
            tick(&manners, 10, view()) == [
                .note(.connectionIdle), .sendNoticeAndPing,
                .tellCalls(deadline: start + .seconds(40)),
            ])
        let next = manners.nextTick(openCalls: 0)
        #expect(next == start + .seconds(15))
        #expect(tick(&manners, 15, view()) == [.sendGoAway])
    }

    @Test func `a shutdown before the first byte drains as well`() {
        var manners = ConnectionManners(RPCLimits(), jitter: 0)
        var actions: [Action] = []
        manners.shutDown(now: start, grace: .seconds(3), into: &actions)
        #expect(actions == [.sendNoticeAndPing, .tellCalls(deadline: start + .seconds(3))])
        manners.shutDown(now: start, grace: .seconds(3), into: &actions)
        #expect(actions.count == 2)
        let deadline = manners.deadline
        #expect(deadline == start + .seconds(3))
    }
}
