/// One frame on its way to many streams of one connection: what holds for the connection is asked
/// once for many of them, and the frames are written one behind the other, where they leave from.
///
/// Safe for the reasons that `FrameRows` gives, and because of two more: the output is not touched
/// before a lane of it was found open, so it lives; and of the memory that `reserve` gave, all that
/// was written is appended before anybody else can append or send.
@safe
struct FrameRun: ~Copyable {
    private let frame: SharedFrame
    private let output: Unmanaged<OutputBuffer>
    private var target: UnsafeMutableRawPointer?
    /// Frames that may be taken and have room at `target`.
    private var ready = 0
    private var granted = 0
    /// The next grant: few at first, since nobody knows how many streams there are room for.
    private var grantMax = 16
    private var fillsOutput = false

    init(_ frame: SharedFrame, to output: Unmanaged<OutputBuffer>) {
        self.frame = frame
        unsafe self.output = unsafe output
    }

    /// Writes the frame for this lane, which is one of the output's, if nothing is in the way.
    @inline(__always)
    mutating func offer(to lane: FrameLane) -> Bool {
        let size = frame.size
        guard lane.isOpen, size <= Int(lane.room), ready > 0 || grant(),
            let start = unsafe target
        else { return false }
        unsafe DataFrame.write(frame.payload, size: size, streamID: lane.streamID, to: start)
        unsafe target = start + (size &+ DataFrame.headSize)
        lane.room &-= Int32(truncatingIfNeeded: size)
        ready &-= 1
        return true
    }

    /// Appends what was written last, and has it sent.
    consuming func finish() {
        append()
        if fillsOutput { unsafe output._withUnsafeGuaranteedRef { $0.becameFilled() } }
    }

    /// Room for further frames, as many as are allowed; false: for none.
    @inline(never)
    private mutating func grant() -> Bool {
        append()
        let size = frame.size
        unsafe output._withUnsafeGuaranteedRef { output in
            guard output.isOpenForLanes, size <= output.window,
                output.count + size <= output.bytesMax
            else { return }
            let step = size + DataFrame.headSize
            granted = min(grantMax, (output.bytesMax - output.count - size) / step + 1)
            if size > 0 { granted = min(granted, output.window / size) }
            if output.isEmpty { fillsOutput = true }
            unsafe target = output.reserve(granted * step).baseAddress
            grantMax *= 2
        }
        ready = granted
        return ready > 0
    }

    private mutating func append() {
        let written = granted - ready
        (granted, ready) = (0, 0)
        if written == 0 { return }
        unsafe output._withUnsafeGuaranteedRef { output in
            output.advance(by: written * (frame.size + DataFrame.headSize))
            output.window -= written * frame.size
            output.messages &+= written &* frame.messages
        }
    }
}
