internal import Base
internal import CLinux

/// The thread's life and the parts of a turn.
extension EventLoop {
    func runUntilStopped() {
        unsafe clinux_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        while !isStopping { turn() }
        for handler in handlers { handler?.loopStops() }
        // Streams that just closed say so; what they ask for then is still done.
        for _ in 0..<EventLoop.lastTurns where hasUrgentWork { finishTurn() }
        // What is left refers to the loop and would keep it alive for ever.
        outputTurn.flush { _ in }
        (endings, rereadingStreams, settlingStreams, warmStreams) = ([], [], [], [])
        afterthoughts = []
        timers = TimerHeap()
        clinux_set_current_loop(nil)
        let waiters = life.withLock { life in
            life.hasEnded = true
            defer { life.waiters = [] }
            return life.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private static let lastTurns = 16

    private var hasUrgentWork: Bool {
        !endings.isEmpty || !outputTurn.isEmpty || !settlingStreams.isEmpty
            || !rereadingStreams.isEmpty
    }

    private func turn() {
        let count = unsafe clinux_epoll_wait(
            epoll, events, Int32(EventLoop.eventsMax), waitMilliseconds())
        precondition(count >= 0, "epoll_wait of loop \(name): \(SystemError.text(of: -count))")
        turnInstant = Clock.now()
        turnTime = Clock.timestamp()
        handshakeStepsLeft = EventLoop.handshakeStepsMax
        for index in 0..<count { dispatch(index) }
        readRemainders()
        while let work = timers.takeDue(at: turnInstant) { work() }
        drainMailbox()
        finishTurn()
    }

    /// False once the turn's share of handshakes is used up. Asymmetric cryptography takes from 0.1
    /// to 1 ms a step, and a storm of new clients must not keep those waiting that are there.
    func takeHandshakeStep() -> Bool {
        handshakeStepsLeft -= 1
        return handshakeStepsLeft >= 0
    }

    /// At most a few milliseconds of a turn, some thousand handshakes a second.
    private static let handshakeStepsMax = 16

    /// How long the loop may sleep: not at all while there is work.
    private func waitMilliseconds() -> Int32 {
        if hasUrgentWork || isStopping { return 0 }
        var milliseconds: Int64 = -1
        if let deadline = timers.nextDeadline() {
            let nanoseconds = deadline.nanoseconds &- Clock.now().nanoseconds
            if nanoseconds <= 0 { return 0 }
            // Rounded up, so that the timer is due when the wait ends.
            milliseconds = min((nanoseconds &+ 999_999) / 1_000_000, 3_600_000)
        }
        return mailbox.fallAsleep() ? Int32(milliseconds) : 0
    }

    private func dispatch(_ index: Int32) {
        let data = unsafe clinux_event_data(events, index)
        if data == EventLoop.wakeupData {
            clinux_eventfd_clear(wakeup)
            return
        }
        let token = WatchToken(data: data)
        // A registration that ended earlier in this batch left its events behind.
        guard generations[Int(token.slot)] == token.generation,
            let handler = handlers[Int(token.slot)]
        else { return }
        handler.ready(unsafe clinux_event_mask(events, index))
    }

    /// Streams whose TLS layer still held bytes when their share of the last turn was used up.
    private func readRemainders() {
        if rereadingStreams.isEmpty { return }
        var streams: [ByteStream] = []
        swap(&streams, &rereadingStreams)
        for stream in streams { stream.readAgain() }
    }

    private func drainMailbox() {
        mailbox.take(into: &batch)
        if batch.isEmpty { return }
        var running = batch
        batch = []
        for work in running {
            switch work {
            case .closure(let closure): closure()
            case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            }
        }
        running.removeAll(keepingCapacity: running.count <= EventLoop.batchKept)
        batch = running
    }

    /// A larger batch gives its memory back.
    private static let batchKept = 4096

    /// Endings may append output and ask for further endings; then every dirty stream is sent, and
    /// streams that closed tell their delegates.
    private func finishTurn() {
        var next = 0
        while next < endings.count {
            endings[next]()
            next += 1
        }
        endings.removeAll(keepingCapacity: true)
        sendOutputs()
        next = 0
        while next < afterthoughts.count {
            afterthoughts[next]()
            next += 1
        }
        afterthoughts.removeAll(keepingCapacity: true)
        if settlingStreams.isEmpty { return }
        var settling: [ByteStream] = []
        swap(&settling, &settlingStreams)
        for stream in settling { stream.settle() }
    }
}

/// The sends of a turn.
extension EventLoop {
    /// Sending calls nobody, so the list of outputs cannot grow meanwhile.
    private func sendOutputs() {
        let now = turnInstant
        // Only `ByteStream.init` makes outputs of this turn, each with its stream as flusher.
        func stream(_ owner: AnyObject) -> ByteStream {
            unsafe unsafeDowncast(owner, to: ByteStream.self)
        }
        if let sendRing, outputTurn.count >= sendRing.worthwhile {
            outputTurn.flush(atOnce: sendRing.countMax) {
                stream($0).queue(in: sendRing, at: now)
            } submit: {
                if sendRing.submit() { sendBatches &+= 1 }
            } conclude: {
                stream($0).conclude(by: sendRing, at: now)
            }
        } else {
            outputTurn.flush { stream($0).flush(at: now) }
        }
        if sendCalls == 0 { return }
        sendCounter?.add(sendCalls)
        batchCounter?.add(sendBatches)
        (sendCalls, sendBatches) = (0, 0)
    }
}

/// Memory of output buffers.
extension EventLoop {
    /// Remembers a stream that sent something; one that then sends nothing for a while gives the
    /// memory of its output back. Busy streams keep it, so sending allocates nothing.
    func keepWarm(_ stream: ByteStream) {
        warmStreams.append(stream)
        if isCooling { return }
        isCooling = true
        scheduleCooling()
    }

    private static let coolingTime = Duration.seconds(5)

    private func scheduleCooling() {
        schedule(after: EventLoop.coolingTime) { [unowned self] in
            warmStreams.removeAll { !$0.staysWarm(for: EventLoop.coolingTime) }
            isCooling = !warmStreams.isEmpty
            if isCooling { scheduleCooling() }
        }
    }
}

/// Descriptors.
extension EventLoop {
    /// Watches `fd` for `events` and keeps `handler` alive until `unwatch`.
    func watch(
        _ fd: Int32, _ events: UInt32, _ handler: any EventHandler
    ) throws(SystemError) -> WatchToken {
        preconditionInLoop()
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(handlers.count)
            handlers.append(nil)
            generations.append(0)
        }
        let token = WatchToken(slot: slot, generation: generations[Int(slot)])
        let code = clinux_epoll_add(epoll, fd, events, token.data)
        if code < 0 {
            freeSlots.append(slot)
            throw .failed(doing: "watch descriptor", code: -code)
        }
        handlers[Int(slot)] = handler
        return token
    }

    func changeWatch(_ token: WatchToken, _ fd: Int32, _ events: UInt32) {
        let code = clinux_epoll_modify(epoll, fd, events, token.data)
        precondition(code == 0, "change watch of descriptor: \(SystemError.text(of: -code))")
    }

    /// Forgets the descriptor, which the caller then closes. Events already fetched are ignored.
    func unwatch(_ token: WatchToken, _ fd: Int32) {
        preconditionInLoop()
        _ = clinux_epoll_remove(epoll, fd)
        handlers[Int(token.slot)] = nil
        generations[Int(token.slot)] &+= 1
        freeSlots.append(token.slot)
    }
}
