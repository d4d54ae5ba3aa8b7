internal import Base

/// The send windows (RFC 9113 §5.2, §6.9), which the library never sees change.
extension HTTP2Connection {
    /// Applies a WINDOW_UPDATE. False: not ours to answer (increment 0, unknown stream).
    func opened(_ streamID: UInt32, by increment: Int) -> Bool {
        if increment == 0 { return false }
        if streamID == 0 {
            window += increment
            windowGranted += increment
            if window > Self.windowMax { terminateByOverflow() }
            return true
        }
        guard let stream = stream(streamID) else { return false }
        let opened = stream.window + increment
        stream.flags.remove(.told)
        if opened <= Self.windowMax {
            stream.window = opened
        } else {
            stream.window = 0
            stream.flags.insert(.sentEnd)
            forgetQueue(of: stream)
            submitReset(stream, .flowControlError, isSwallowed: false)
        }
        return true
    }

    /// Lets the library judge a WINDOW_UPDATE, which it does without touching our windows.
    func refuse(_ streamID: UInt32, _ increment: UInt32) {
        var frame: [UInt8] = [0, 0, 4, 8, 0]
        for number in [streamID, increment] {
            for shift in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        unsafe feed(frame.span.bytes)
    }

    /// The difference applies to every stream, and may make windows negative (§6.9.2).
    func initialWindowChanged(to size: Int) {
        let difference = size - initialWindow
        initialWindow = size
        // All of them, although one overflows: the next difference is taken off what they are now.
        var overflows = false
        for stream in streams {
            let changed = stream.window + difference
            overflows = overflows || changed > Self.windowMax
            stream.window = min(changed, Self.windowMax)
            stream.flags.remove(.told)
        }
        if overflows { terminateByOverflow() }
    }

    /// Bytes the windows take now.
    func room(for stream: HTTP2Stream) -> Int { min(window, stream.window) }

    private func terminateByOverflow() {
        window = 0
        hasUndrained = true
        control.terminate(.flowControlError)
    }
}
