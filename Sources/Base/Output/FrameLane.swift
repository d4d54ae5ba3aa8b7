/// The way of whole messages into one stream of one connection, as the hot path sees it: what may
/// be sent, and the output that takes it. A protocol's stream is its subclass, opens and closes
/// it, and grants the window.
///
/// Confined to the connection's loop. The connection closes its lanes before its output goes.
@safe
open class FrameLane {
    /// Not touched while the lane is closed.
    final let output: Unmanaged<OutputBuffer>
    package final let streamID: UInt32
    /// A window is 31 bits wide (RFC 9113 §6.9.1).
    final var room: Int32
    final var isOpen = false

    package init(streamID: UInt32, output: OutputBuffer, window: Int) {
        unsafe self.output = Unmanaged.passUnretained(output)
        self.streamID = streamID
        room = Int32(clamping: window)
    }

    /// Payload bytes that the peer allows on this stream: at most 2^31-1; may be negative.
    package final var window: Int {
        get { Int(room) }
        set { room = Int32(clamping: newValue) }
    }

    /// Frames may be appended: nothing of the stream waits, and nothing has ended it.
    package final func setOpen(_ isOpen: Bool) { self.isOpen = isOpen }

    /// Appends a frame with these bytes to the output; or does nothing and returns false, because
    /// something is in the way that the stream has to look at.
    package final func offer(_ bytes: RawSpan, messages: Int = 1) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard bytes.count <= DataFrame.payloadMax else { return false }
            var frame = unsafe SharedFrame(bytes, messages: messages)
            return take(&frame)
        }
    }

    /// At most `DataFrame.payloadMax` bytes.
    @inline(__always)
    final func take(_ frame: inout SharedFrame) -> Bool {
        let size = frame.size
        guard isOpen, size <= Int(room) else { return false }
        return unsafe output._withUnsafeGuaranteedRef { output in
            guard output.isOpenForLanes, size <= output.window,
                output.count &+ size <= output.bytesMax
            else { return false }
            room &-= Int32(truncatingIfNeeded: size)
            output.window &-= size
            output.messages &+= frame.messages
            output.take(&frame, streamID: streamID)
            return true
        }
    }
}

extension OutputBuffer {
    /// What a protocol lets lanes do: whether they may append at all, the payload bytes of all of
    /// them together, and how many bytes may wait.
    package func limitLanes(bytesMax: Int) { self.bytesMax = bytesMax }
    package func openForLanes(_ isOpen: Bool) { isOpenForLanes = isOpen }

    package var connectionWindow: Int {
        get { window }
        set { window = newValue }
    }

    /// Bytes that wait for the peer's windows, beside the output. When they begin to, the turn asks
    /// for a flush, though there may be nothing to send: so whoever flushes sees that they wait.
    package var bytesHeldBack: Int {
        get { heldBack }
        set {
            if heldBack == 0, newValue > 0, let turn = unsafe turn {
                unsafe turn._withUnsafeGuaranteedRef { $0.list(self) }
            }
            heldBack = newValue
        }
    }

    /// Messages that lanes have taken, and such as were counted otherwise.
    package var messagesTaken: Int {
        get { messages }
        set { messages = newValue }
    }

    @inline(__always)
    func take(_ frame: inout SharedFrame, streamID: UInt32) {
        if start == end, !debt.isFull, let turn = unsafe turn {
            unsafe turn._withUnsafeGuaranteedRef { turn in
                turn.list(self)
                unsafe debt.add(frame.kept(in: turn), size: frame.size, streamID: streamID)
            }
            return
        }
        let wasEmpty = start == end && debt.isEmpty
        let target = unsafe extend(by: frame.size &+ DataFrame.headSize)
        unsafe DataFrame.write(frame.payload, size: frame.size, streamID: streamID, to: target)
        if wasEmpty { becameFilled() }
    }
}
