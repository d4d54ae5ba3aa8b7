import CLinux
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(1))) struct SignalsTests {
    @Test(arguments: Signal.allCases)
    func `a signal arrives as an event of the loop and ends nothing`(_ signal: Signal) async throws
    {
        try await withLoop { loop in
            let received = Promise<Signal>()
            try await loop.run {
                try Signals.deliver(on: loop) { signal in
                    loop.preconditionInLoop()
                    received.keep(signal)
                }
                // For this thread alone: the rest of the test process does not block it.
                #expect(clinux_raise(signal.number) == 0)
            }
            #expect(await received.value == signal)
        }
    }
}
