internal import Base
internal import CLinux

/// What the loop calls.
extension ByteStream {
    func ready(_ events: UInt32) {
        switch phase {
        case .closed, .resolving: return
        case .connecting: return connectFinished()
        case .sniffing: return sniff()
        case .securing: return continueHandshake()
        case .open, .ending, .draining: break
        }
        if events & clinux_failed != 0 {
            let code = clinux_socket_error(socket)
            if code < 0 { return finish(.failed(doing: "connection to \(peer)", code: -code)) }
        }
        if events & clinux_writable != 0 { sendAfterBlock() }
        guard events & (clinux_readable | clinux_hung_up) != 0 else { return }
        if phase == .open && isReadingPaused {
            // epoll reports a hang-up whether asked or not; the bytes before it are read later.
            if events & clinux_hung_up != 0 { leaveEpoll() }
        } else if phase == .open || phase == .draining, !hasPeerEnded {
            read()
        }
    }

    func loopStops() { finish(nil) }

    private var mayFlush: Bool {
        (phase == .open || phase == .draining || phase == .ending) && !hasBytesLeft
    }

    /// The send of the turn. Calls nobody.
    func flush(at now: Instant) {
        if mayFlush { flushed(send(), at: now) }
    }

    /// The same, together with others; the ring's owner submits and then lets each `conclude`.
    func queue(in ring: SendRing, at now: Instant) {
        guard tls == nil, !output.isEmpty, !output.owesLargeFrames else { return flush(at: now) }
        if !mayFlush { return }
        loop.sendCalls &+= 1
        unsafe output.withBytes { unsafe ring.queue($0, to: socket) }
        isQueued = true
    }

    func conclude(by ring: SendRing, at now: Instant) {
        if !isQueued { return }
        isQueued = false
        flushed(sent(ring.conclude()), at: now)
    }

    private func flushed(_ isAll: Bool, at now: Instant) {
        if isAll, phase == .draining { shutDownWriting() }
        if !output.holdsNothing { settleLater() }
        lastSentAt = now
        if isWarm || !output.holdsMemory { return }
        isWarm = true
        loop.keepWarm(self)
    }

    /// Asked every few seconds after a send; false once the stream has been idle for `limit` and
    /// holds no memory.
    func staysWarm(for limit: Duration) -> Bool {
        let hasSentLately = loop.turnInstant - lastSentAt < limit
        isWarm = (hasSentLately || !output.isEmpty) && phase != .closed
        if !isWarm { output.release() }
        return isWarm
    }

    /// After the turn's sends: tells the delegate that the stream is closed, or held up.
    func settle() {
        isSettling = false
        if phase == .open || phase == .ending, !output.holdsNothing { delegate?.heldUp(self) }
        if phase == .ending {
            // The kernel did not take all of the answer to the peer's last bytes.
            if isBlocked { return drain() }
            tls?.sendCloseNotify()
            tearDown(nil)
        }
        guard phase == .closed, let delegate else { return }
        self.delegate = nil
        delegate.closed(self, closeReason)
    }
}

/// Sending and receiving.
extension ByteStream {
    /// True if nothing is left.
    func send() -> Bool {
        if output.isEmpty { return true }
        loop.sendCalls &+= 1
        return sent(transmit())
    }

    private func transmit() -> Int {
        if tls == nil, output.owesLargeFrames {
            return unsafe output.withPieces { pieces in
                unsafe clinux_send_pieces(socket, pieces.baseAddress, pieces.count)
            }
        }
        return unsafe output.withBytes { bytes in
            if let tls { return unsafe tls.write(bytes) }
            return unsafe clinux_send(socket, bytes.baseAddress, bytes.count)
        }
    }

    /// What the kernel said to the output: how many bytes it took, or a negated errno.
    private func sent(_ answer: Int) -> Bool {
        if answer >= 0 {
            output.consume(answer)
        } else if answer != Int(clinux_would_block()) {
            finish(failure(of: answer, "send to"))
            return false
        }
        if output.isEmpty { return true }
        hasBytesLeft = true
        updateInterest()
        return false
    }

    func sendAfterBlock() {
        guard isBlocked else { return }
        hasBytesLeft = false
        guard send() else { return }
        updateInterest()
        if phase == .draining {
            shutDownWriting()
        } else if phase == .open {
            delegate?.becameWritable(self)
        }
    }

    func read() {
        lastReceivedAt = loop.turnInstant
        if let tls { return readSecured(tls) }
        let count = unsafe clinux_receive(
            socket, loop.readBuffer.baseAddress, min(readBytesMax, loop.readBuffer.count))
        if count > 0 {
            deliver(count)
        } else if count == 0 {
            peerEnded()
        } else if count != Int(clinux_would_block()) {
            finish(failure(of: count, "receive from"))
        }
    }

    /// OpenSSL reads ahead, so epoll does not know what it holds: read until it holds nothing, at
    /// most `recordsMax` times a turn.
    func readSecured(_ tls: TLSSession) {
        for _ in 0..<ByteStream.recordsMax {
            let count = unsafe tls.read(into: loop.readBuffer)
            if count > 0 {
                deliver(count)
                if phase == .closed || phase == .open && isReadingPaused { return }
            } else if count == 0 {
                return peerEnded()
            } else if count == Int(clinux_would_block()) {
                return
            } else {
                return finish(failure(of: count, "receive from"))
            }
        }
        loop.rereadingStreams.append(self)
    }

    private static let recordsMax = 16

    /// What is left inside OpenSSL after the turn's share.
    func readAgain() {
        if hasPeerEnded { return }
        if phase == .draining || phase == .open && !isReadingPaused { read() }
    }

    func deliver(_ count: Int) {
        guard phase == .open else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count])
        unsafe delegate?.received(bytes.bytes, on: self)
    }

    func failure(of code: Int, _ doing: String) -> SystemError {
        tls?.failure ?? .failed(doing: "\(doing) \(peer)", code: Int32(-code))
    }

    func shutDownWriting() {
        if hasShutDown { return }
        hasShutDown = true
        tls?.sendCloseNotify()
        _ = clinux_shutdown_write(socket)
        if hasPeerEnded { finish(nil) }
    }
}
