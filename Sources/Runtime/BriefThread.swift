internal import CLinux

/// A thread for one piece of work that blocks and is rare, such as looking up a name or reading
/// certificates: no loop can afford to wait for either.
enum BriefThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` once. Gives back why no thread could be started; `body` then does not run.
    static func run(_ name: String, _ body: @escaping @Sendable () -> Void) -> SystemError? {
        let work = Work(body)
        let code = unsafe clinux_thread_start(
            nil, name,
            { context in
                unsafe Unmanaged<Work>.fromOpaque(context.unsafelyUnwrapped).takeRetainedValue()
                    .body()
            },
            Unmanaged.passRetained(work).toOpaque())
        if code == 0 { return nil }
        unsafe Unmanaged.passUnretained(work).release()
        return .failed(doing: "start thread for \(name)", code: -code)
    }
}
