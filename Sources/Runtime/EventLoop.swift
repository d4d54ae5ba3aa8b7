package import Base
internal import CLinux

/// One thread that waits for sockets, timers and work from other threads, in turns: sockets that
/// are ready, timers that are due, the mailbox, what was asked for the end of the turn, and then
/// one send for each stream with fresh output.
///
/// It is also a `SerialExecutor`: an actor that names it as its executor runs on its thread.
///
/// `@unchecked Sendable`: `mailbox` and `life` are locked; everything else that can change is
/// touched on the loop's thread alone, which `preconditionInLoop` checks at every entrance.
@safe
package final class EventLoop: SerialExecutor, @unchecked Sendable {
    package let name: String

    /// The wall clock and the monotonic clock, read once a turn when the wait for events is over.
    package internal(set) var turnTime = Clock.timestamp()
    package internal(set) var turnInstant = Clock.now()

    let epoll: Int32
    let wakeup: Int32
    let mailbox = Mailbox()
    let life = Locked(Life())

    // Confined to the loop's thread from here on.
    var timers = TimerHeap()
    var handlers: [(any EventHandler)?] = []
    var generations: [UInt32] = []
    var freeSlots: [UInt32] = []
    var batch: [Mailbox.Work] = []
    var endings: [() -> Void] = []
    var afterthoughts: [() -> Void] = []
    let outputTurn = OutputTurn()
    /// Nil: each send is a call of its own.
    let sendRing: SendRing?
    /// Of this turn.
    var sendCalls: UInt64 = 0
    var sendBatches: UInt64 = 0
    private(set) var sendCounter: Counter?
    private(set) var batchCounter: Counter?
    var settlingStreams: [ByteStream] = []
    var rereadingStreams: [ByteStream] = []
    var warmStreams: [ByteStream] = []
    var isCooling = false
    var handshakeStepsLeft = 0
    var isStopping = false
    /// Filled by whoever reads a socket; what is in it dies at the next read.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 4096)
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: EventLoop.eventsMax)
    /// Enough to amortise the wait, few enough that timers are not late.
    static let eventsMax = 256

    /// Processors that the process may run on: so many loops can run at once.
    package static var processorCount: Int { Int(clinux_processor_count()) }

    struct Life {
        var thread: UInt64 = 0
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Opens the loop and starts its thread, which lives until `stop()`. With a ring, the sends of
    /// a turn go to the kernel together.
    package init(name: String, sendRing: sending SendRing? = nil) throws(SystemError) {
        self.name = name
        self.sendRing = sendRing
        clinux_ignore_broken_pipes()
        epoll = try SystemError.check(clinux_epoll_create(), "create epoll of loop \(name)")
        wakeup = try SystemError.check(clinux_eventfd_create(), "create eventfd of loop \(name)")
        let added = clinux_epoll_add(epoll, wakeup, clinux_readable, EventLoop.wakeupData)
        _ = try SystemError.check(added, "watch eventfd of loop \(name)")
        var thread: UInt64 = 0
        let started = unsafe clinux_thread_start(
            &thread, name,
            { context in
                unsafe Unmanaged<EventLoop>.fromOpaque(context.unsafelyUnwrapped)
                    .takeRetainedValue().runUntilStopped()
            },
            Unmanaged.passRetained(self).toOpaque())
        if started < 0 { unsafe Unmanaged.passUnretained(self).release() }
        _ = try SystemError.check(started, "start thread of loop \(name)")
        life.withLock { $0.thread = thread }
    }

    deinit {
        clinux_close(epoll)
        clinux_close(wakeup)
        unsafe readBuffer.deallocate()
        unsafe events.deallocate()
    }

    /// No slot ever has this number.
    static let wakeupData = UInt64.max

    /// Whether the calling thread is the loop's.
    package var isCurrent: Bool {
        unsafe clinux_current_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    @inline(__always)
    package func preconditionInLoop() {
        precondition(isCurrent, "loop \(name) was used from another thread")
    }

    // MARK: any thread

    /// Runs `work` on the loop in its next mailbox round, after everything handed in before. Work
    /// handed to a loop that has ended is dropped.
    package func execute(_ work: sending @escaping () -> Void) { post(.closure(work)) }

    /// Runs `work` on the loop and gives back what it returns or throws.
    package func run<T: Sendable>(
        _ work: sending @escaping () throws -> T
    ) async throws -> T {
        let handed = Mailbox.Handed(work)
        return try await withCheckedThrowingContinuation { continuation in
            post(.closure { continuation.resume(with: Result { try handed.work() }) })
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) { post(.job(UnownedJob(job))) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() { preconditionInLoop() }

    private func post(_ work: Mailbox.Work) {
        if mailbox.append(work) { clinux_eventfd_signal(wakeup) }
    }

    /// Finishes the turn, closes what is still open, and ends the thread. Suspends until then; not
    /// to be called from an actor pinned to this loop, whose executor it takes away.
    package func stop() async {
        precondition(!isCurrent, "loop \(name) cannot wait for its own end")
        execute { self.isStopping = true }
        await withCheckedContinuation { continuation in
            let hasEnded = life.withLock { life in
                if !life.hasEnded { life.waiters.append(continuation) }
                return life.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
        // The thread has nothing left to do but return, so this does not wait.
        let thread = life.withLock { life in
            defer { life.thread = 0 }
            return life.thread
        }
        if thread != 0 { clinux_thread_join(thread) }
    }

    // MARK: the loop's thread only

    /// Runs `work` once, `delay` from now or as soon after as the loop is free; never before this
    /// turn's timers are done, and at a resolution of a millisecond.
    @discardableResult
    package func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        preconditionInLoop()
        let bounded = min(max(delay, .zero), EventLoop.delayMax)
        return timers.add(at: Clock.now() + bounded, work)
    }

    /// A century: for ever, without overflow of the clock.
    private static let delayMax = Duration.seconds(3_155_760_000)

    /// Forgets a timer; one that has fired or was cancelled is ignored.
    package func cancel(_ timer: TimerID) {
        preconditionInLoop()
        timers.cancel(timer)
    }

    /// Counts the sends of the loop's streams from now on, and how often a ring took some of them
    /// together.
    package func countSends(with counter: Counter, batches: Counter) {
        preconditionInLoop()
        (sendCounter, batchCounter) = (counter, batches)
    }

    /// Runs `work` once at the end of this turn, before the turn's sends, in the order asked.
    package func atEndOfTurn(_ work: @escaping () -> Void) {
        preconditionInLoop()
        endings.append(work)
    }

    /// Runs `work` once, after the sends of this turn, or of the next one if these are over.
    /// It sends nothing itself.
    package func afterSends(_ work: @escaping () -> Void) {
        preconditionInLoop()
        afterthoughts.append(work)
    }
}
