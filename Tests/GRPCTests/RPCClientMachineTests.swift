import Base
import GRPC
import Testing

/// Every state with every event.
@Suite struct RPCClientMachineTests {
    enum Start: CaseIterable {
        case waiting, waitingEnded, awaited, awaitedEnded, streaming, streamingEnded, complete
        case closed
    }

    private func make(in start: Start) -> RPCClientMachine {
        var machine = RPCClientMachine()
        switch start {
        case .waiting: break
        case .waitingEnded: _ = machine.halfClose()
        case .awaited: _ = machine.opened()
        case .awaitedEnded:
            _ = machine.opened()
            _ = machine.halfClose()
        case .streaming:
            _ = machine.opened()
            _ = machine.receivedBlock(hasStatus: false)
        case .streamingEnded:
            _ = machine.opened()
            _ = machine.halfClose()
            _ = machine.receivedBlock(hasStatus: false)
        case .complete:
            _ = machine.opened()
            _ = machine.receivedBlock(hasStatus: true)
        case .closed: _ = machine.stop()
        }
        return machine
    }

    @Test(arguments: Start.allCases)
    func `a stream is taken once, and what was held goes out`(start: Start) {
        var machine = make(in: start)
        let expected: RPCClientMachine.OpenAction =
            switch start {
            case .waiting: .sendHeld(endsRequest: false)
            case .waitingEnded: .sendHeld(endsRequest: true)
            default: .ignore
            }
        let action = machine.opened()
        #expect(action == expected)
    }

    @Test(arguments: Start.allCases)
    func `messages are held, sent or refused`(start: Start) {
        let machine = make(in: start)
        let expected: RPCClientMachine.SendAction =
            switch start {
            case .waiting: .hold
            case .awaited, .streaming, .complete: .send
            case .waitingEnded, .awaitedEnded, .streamingEnded, .closed: .refuse
            }
        let action = machine.send()
        #expect(action == expected)
    }

    @Test(arguments: Start.allCases)
    func `a request ends once`(start: Start) {
        var machine = make(in: start)
        let expected: RPCClientMachine.EndAction =
            switch start {
            case .waiting: .holdEnd
            case .awaited, .streaming, .complete: .sendEnd
            case .waitingEnded, .awaitedEnded, .streamingEnded, .closed: .ignore
            }
        let (first, second) = (machine.halfClose(), machine.halfClose())
        #expect(first == expected)
        #expect(second == .ignore)
    }

    @Test(arguments: Start.allCases)
    func `headers come first, and once`(start: Start) {
        var machine = make(in: start)
        let expected: RPCClientMachine.BlockAction =
            switch start {
            case .awaited, .awaitedEnded: .deliverHeaders
            case .streaming, .streamingEnded: .fail
            case .waiting, .waitingEnded, .complete, .closed: .ignore
            }
        let action = machine.receivedBlock(hasStatus: false)
        #expect(action == expected)
    }

    @Test(arguments: Start.allCases)
    func `a status is kept once, with or without headers before it`(start: Start) {
        var machine = make(in: start)
        let expected: RPCClientMachine.BlockAction =
            switch start {
            case .awaited, .awaitedEnded, .streaming, .streamingEnded: .keepStatus
            case .waiting, .waitingEnded, .complete, .closed: .ignore
            }
        let action = machine.receivedBlock(hasStatus: true)
        #expect(action == expected)
    }

    @Test(arguments: Start.allCases)
    func `messages are delivered between headers and status`(start: Start) {
        let machine = make(in: start)
        let expected: RPCClientMachine.MessageAction =
            switch start {
            case .streaming, .streamingEnded: .deliver
            case .awaited, .awaitedEnded: .fail
            case .waiting, .waitingEnded, .complete, .closed: .discard
            }
        let action = machine.receivedMessage()
        #expect(action == expected)
    }

    @Test(arguments: Start.allCases)
    func `giving up resets what is on the wire, once`(start: Start) {
        var machine = make(in: start)
        let expected: RPCClientMachine.StopAction =
            switch start {
            case .waiting, .waitingEnded: .finish
            case .closed: .ignore
            default: .resetAndFinish
            }
        let (first, second, third) = (machine.stop(), machine.stop(), machine.streamEnded())
        #expect(first == expected)
        #expect(second == .ignore)
        #expect(third == .ignore)
        let (isOpen, summary) = (machine.isOpen, machine.summary)
        #expect(!isOpen)
        #expect(summary == "closed")
    }

    @Test(arguments: Start.allCases)
    func `the end of the stream is the end of the call, once`(start: Start) {
        var machine = make(in: start)
        let (first, second) = (machine.streamEnded(), machine.streamEnded())
        #expect(first == (start == .closed ? .ignore : .finish))
        #expect(second == .ignore)
    }
}

@Suite struct RPCClientKeepaliveTests {
    private var keepalive = RPCClientKeepalive(interval: .seconds(30), timeout: .seconds(20))

    private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test mutating func `without calls it is silent`() {
        let action = keepalive.tick(now: at(0), hasCalls: false)
        #expect(action == .ignore)
        #expect(keepalive.nextTick == nil)
    }

    @Test mutating func `with calls it pings at the interval, not before`() {
        _ = keepalive.tick(now: at(0), hasCalls: true)
        #expect(keepalive.nextTick == at(30))
        let early = keepalive.tick(now: at(29), hasCalls: true)
        #expect(early == .ignore)
        let due = keepalive.tick(now: at(30), hasCalls: true)
        #expect(due == .sendPing)
        #expect(keepalive.nextTick == at(50))
    }

    @Test mutating func `anything heard is a sign of life until the next interval`() {
        _ = keepalive.tick(now: at(0), hasCalls: true)
        _ = keepalive.tick(now: at(30), hasCalls: true)
        keepalive.heard()
        #expect(keepalive.nextTick == at(60))
        let quiet = keepalive.tick(now: at(50), hasCalls: true)
        #expect(quiet == .ignore)
        let next = keepalive.tick(now: at(60), hasCalls: true)
        #expect(next == .sendPing)
    }

    @Test mutating func `silence for the timeout is death, once`() {
        _ = keepalive.tick(now: at(0), hasCalls: true)
        _ = keepalive.tick(now: at(30), hasCalls: true)
        let before = keepalive.tick(now: at(49), hasCalls: true)
        let after = keepalive.tick(now: at(50), hasCalls: true)
        let again = keepalive.tick(now: at(51), hasCalls: true)
        #expect(before == .ignore)
        #expect(after == .giveUp)
        #expect(again == .ignore)
        #expect(keepalive.nextTick == nil)
    }

    @Test mutating func `when the last call has ended nobody is probed any more`() {
        _ = keepalive.tick(now: at(0), hasCalls: true)
        _ = keepalive.tick(now: at(30), hasCalls: true)
        let action = keepalive.tick(now: at(50), hasCalls: false)
        #expect(action == .ignore)
        #expect(keepalive.nextTick == nil)
    }
}
