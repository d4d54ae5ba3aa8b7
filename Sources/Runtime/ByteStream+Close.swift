internal import Base
internal import CLinux

/// Closing.
extension ByteStream {
    /// The peer sends no more. What this turn appends is still sent; then the stream closes.
    func peerEnded() {
        hasPeerEnded = true
        if phase == .draining {
            // An earlier end of ours has left; one still blocked goes on.
            return hasShutDown || !isBlocked ? finish(nil) : updateInterest()
        }
        phase = .ending
        updateInterest()
        settleLater()
    }

    /// Closes now and tells the delegate after this turn's sends.
    func finish(_ reason: SystemError?) {
        if phase == .closed { return }
        // First: from here on the loop's list may be all that keeps the stream, in its own send.
        settleLater()
        tearDown(reason)
    }

    func settleLater() {
        if isSettling { return }
        isSettling = true
        loop.settlingStreams.append(self)
    }

    func tearDown(_ reason: SystemError?) {
        phase = .closed
        closeReason = closeReason ?? reason
        attempt?.cancel(on: loop)
        attempt = nil
        if let drainTimer { loop.cancel(drainTimer) }
        if let idleTimer { loop.cancel(idleTimer) }
        hasBytesLeft = false
        output.removeAll()
        output.release()
        tls = nil
        serverContext = nil
        dropSocket()
    }

    func dropSocket() {
        if socket < 0 { return }
        leaveEpoll()
        clinux_close(socket)
        socket = -1
    }

    func leaveEpoll() {
        if let token { loop.unwatch(token, socket) }
        token = nil
        interest = 0
    }
}

/// Interest.
extension ByteStream {
    func updateInterest() {
        guard socket >= 0 else { return }
        let wanted: UInt32 =
            switch phase {
            case .resolving, .closed: 0
            case .connecting: clinux_writable
            case .sniffing: isReadingPaused ? 0 : clinux_readable
            case .securing: tls?.wantsToWrite == true ? clinux_writable : clinux_readable
            case .ending: isBlocked ? clinux_writable : 0
            case .open, .draining:
                (isReadingPaused || hasPeerEnded ? 0 : clinux_readable)
                    | (isBlocked ? clinux_writable : 0)
            }
        if let token {
            if wanted == interest { return }
            loop.changeWatch(token, socket, wanted)
        } else if wanted != 0 {
            do {
                token = try loop.watch(socket, wanted, self)
            } catch {
                return finish(error)
            }
        }
        interest = wanted
    }
}
