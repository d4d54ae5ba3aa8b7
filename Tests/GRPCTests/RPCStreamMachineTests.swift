import Testing

@testable import GRPC

/// Every state with every event.
@Suite struct RPCStreamMachineTests {
    enum State: CaseIterable {
        case idle, open, openEnded, streaming, streamingEnded, finished, closed
    }

    func makeMachine(in state: State) -> RPCStreamMachine {
        var machine = RPCStreamMachine()
        if state == .idle { return machine }
        _ = machine.receivedHeaders()
        if state == .openEnded || state == .streamingEnded { _ = machine.receivedEnd() }
        if state == .streaming || state == .streamingEnded { _ = machine.sendMessage() }
        if state == .finished { _ = machine.finish(succeeded: true) }
        if state == .closed { _ = machine.peerClosed() }
        return machine
    }

    @Test(arguments: State.allCases)
    func `only the first headers start a call`(state: State) {
        var machine = makeMachine(in: state)
        let action = machine.receivedHeaders()
        #expect(action == (state == .idle ? .start : .ignore))
    }

    @Test(arguments: State.allCases)
    func `messages count until the request or the call ends`(state: State) {
        var machine = makeMachine(in: state)
        let action = machine.receivedMessage()
        #expect(action == (state == .open || state == .streaming ? .deliver : .discard))
    }

    @Test(arguments: State.allCases)
    func `the request ends once`(state: State) {
        var machine = makeMachine(in: state)
        let action = machine.receivedEnd()
        #expect(action == (state == .open || state == .streaming ? .deliverEnd : .ignore))
    }

    @Test(arguments: State.allCases)
    func `the first message brings the headers`(state: State) {
        var machine = makeMachine(in: state)
        let action = machine.sendMessage()
        switch state {
        case .open, .openEnded: #expect(action == .sendHeadersThenMessage)
        case .streaming, .streamingEnded: #expect(action == .sendMessage)
        case .idle, .finished, .closed: #expect(action == .discard)
        }
    }

    @Test(arguments: State.allCases, [true, false])
    func `a call finishes once, with headers if they are owed`(state: State, succeeded: Bool) {
        var machine = makeMachine(in: state)
        let action = machine.finish(succeeded: succeeded)
        switch state {
        case .open, .openEnded:
            #expect(action == (succeeded ? .sendHeadersThenTrailers : .sendTrailersOnly))
        case .streaming, .streamingEnded: #expect(action == .sendTrailers)
        case .idle, .finished, .closed: #expect(action == .ignore)
        }
        let again = machine.finish(succeeded: succeeded)
        #expect(again == .ignore)
    }

    @Test(arguments: State.allCases)
    func `a deadline ends open calls only`(state: State) {
        var machine = makeMachine(in: state)
        let action = machine.deadlinePassed()
        switch state {
        case .open, .openEnded: #expect(action == .cancelAndSendTrailersOnly)
        case .streaming, .streamingEnded: #expect(action == .cancelAndSendTrailers)
        case .idle, .finished, .closed: #expect(action == .ignore)
        }
        let after = machine.peerClosed()
        #expect(after == .ignore || (state == .idle && after == .ignore))
    }

    @Test(arguments: State.allCases)
    func `a closed stream cancels its handler if the call was open`(state: State) {
        var machine = makeMachine(in: state)
        let isOpen = machine.isOpen
        let action = machine.peerClosed()
        #expect(action == (isOpen ? .cancelHandler : .ignore))
        let again = machine.peerClosed()
        #expect(again == .ignore)
        let summary = machine.summary
        #expect(summary == "closed")
    }
}
