/// One payload of several DATA frames on its way to many lanes, for the length of one call: it
/// points into the bytes that it was made of, which live as long. Outputs owe its parts as they owe
/// frames, so it is kept once for all of them.
@safe
struct LargeFrame {
    let size: Int
    /// How many messages the payload is.
    private let messages: Int
    private var parts: [SharedFrame] = []

    init(_ bytes: UnsafeRawBufferPointer, messages: Int) {
        size = bytes.count
        self.messages = messages
        for start in stride(from: 0, to: size, by: DataFrame.payloadMax) {
            let end = min(size, start + DataFrame.payloadMax)
            let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            unsafe parts.append(SharedFrame(part, messages: 0))
        }
    }

    /// All of it, or nothing if anything is in the way of the whole.
    mutating func offer(to lane: FrameLane) -> Bool {
        guard lane.isOpen, size <= Int(lane.room) else { return false }
        return unsafe lane.output._withUnsafeGuaranteedRef { output in
            guard output.isOpenForLanes, size <= output.window,
                output.count + size <= output.bytesMax
            else { return false }
            lane.room -= Int32(size)
            output.window -= size
            output.messages += messages
            for index in parts.indices {
                output.take(&parts[index], streamID: lane.streamID)
            }
            return true
        }
    }
}
