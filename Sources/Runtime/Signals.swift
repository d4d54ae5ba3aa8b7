internal import CLinux

/// What an operator asks of the process.
package enum Signal: Sendable, CaseIterable {
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGTERM: the supervisor wants us gone.
    case terminate
    /// SIGHUP: read the configuration again.
    case hangUp

    var number: Int32 {
        switch self {
        case .interrupt: clinux_signal_interrupt()
        case .terminate: clinux_signal_terminate()
        case .hangUp: clinux_signal_hangup()
        }
    }
}

/// Signals as events of a loop, so that no code of ours ever runs in a signal handler. SIGPIPE is
/// ignored as soon as a loop exists.
package enum Signals {
    private static let numbers = Signal.allCases.map(\.number)

    /// Keeps the signals from ending the process. The first thing `main` does: threads inherit the
    /// mask, and one that started earlier would still be ended.
    package static func block() {
        _ = unsafe clinux_block_signals(numbers, Int32(numbers.count))
    }

    /// Calls `received` on the loop, whose thread this is, for every signal until the loop stops.
    /// Of signals that arrive before the loop looks, one of each kind is reported.
    package static func deliver(
        on loop: EventLoop, _ received: @escaping (Signal) -> Void
    ) throws(SystemError) {
        loop.preconditionInLoop()
        block()
        let fd = try SystemError.check(
            unsafe clinux_signalfd_create(numbers, Int32(numbers.count)), "create signalfd")
        let source = SignalSource(fd, loop, received)
        do {
            source.token = try loop.watch(fd, clinux_readable, source)
        } catch {
            clinux_close(fd)
            throw error
        }
    }
}

private final class SignalSource: EventHandler {
    private let fd: Int32
    private let loop: EventLoop
    private let received: (Signal) -> Void
    var token: WatchToken?

    init(_ fd: Int32, _ loop: EventLoop, _ received: @escaping (Signal) -> Void) {
        (self.fd, self.loop, self.received) = (fd, loop, received)
    }

    func ready(_ events: UInt32) {
        while token != nil {
            let number = clinux_signalfd_read(fd)
            if number < 0 { return }
            if let signal = Signal.allCases.first(where: { $0.number == number }) {
                received(signal)
            }
        }
    }

    func loopStops() {
        guard let token else { return }
        loop.unwatch(token, fd)
        clinux_close(fd)
        self.token = nil
    }
}
