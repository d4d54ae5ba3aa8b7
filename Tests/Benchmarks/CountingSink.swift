import Base
import Core

/// A client that takes everything and keeps nothing but the count.
final class CountingSink: FrameSink {
    private(set) var frames = 0
    /// Without gRPC's prefix of five bytes a frame; exact where each offer is one frame.
    private(set) var messageBytes = 0
    var onOffer: () -> Void = {}

    func offer(_ frames: RawSpan) -> Bool {
        enqueue(frames)
        return true
    }

    func enqueue(_ frames: RawSpan) {
        self.frames += 1
        messageBytes += frames.byteCount - 5
        onOffer()
    }

    func reset() { (frames, messageBytes) = (0, 0) }
}
