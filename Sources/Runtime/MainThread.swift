internal import Glibc

/// The program's first thread.
package enum MainThread {
    /// Runs `body` as the program's root task and ends the process with the status it returns.
    /// Until then this thread sleeps, with the signals blocked that `Signals` delivers.
    ///
    /// For a plain `main`, not an asynchronous one: that would hand this thread to a library which
    /// parks it with every signal unblocked, and an interrupt would end the process at once.
    package static func run(_ body: @escaping @Sendable () async -> Int32) -> Never {
        Signals.block()
        Task { exit(await body()) }
        while true { pause() }
    }
}
