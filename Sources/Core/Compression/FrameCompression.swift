internal import Base

/// Compresses frames of audiences that take it, once for all rows, where that pays and within the
/// loop's budget. One a hub; confined to its loop.
final class FrameCompression {
    private let compressor: any FrameCompressor
    private var budget: CompressionBudget
    private unowned let turn: any LoopTurn
    private let metrics: CompressionMetrics
    /// What was compressed last; its memory is kept.
    private let packed = OutputBuffer()

    /// Frames beyond it are rare, and the memory for them is not kept.
    private static let packedBytesMax = 65536

    init(
        _ compressor: any FrameCompressor, percent: Int, turn: any LoopTurn,
        _ metrics: CompressionMetrics
    ) {
        self.compressor = compressor
        self.turn = turn
        self.metrics = metrics
        budget = CompressionBudget(percent: percent, at: turn.instant())
    }

    /// The frames as all rows of `audience` are to get them: compressed, or as they are.
    func live(_ frames: OutputBuffer, messages: Int, for audience: Audience) -> OutputBuffer {
        guard audience.key.takesGzip else { return frames }
        return pack(frames, messages: messages, rows: audience.count, &audience.liveWorth)
            ?? frames
    }

    /// The same messages in fewer bytes, good until the next call; nil if that does not pay.
    func pack(
        _ frames: OutputBuffer, messages: Int, rows: Int, _ worth: inout CompressionWorth
    ) -> OutputBuffer? {
        let size = frames.count
        guard worth.decide(bytes: size, messages: messages, rows: rows) else { return nil }
        let cost = CompressionCost.of(bytes: size, messages: messages)
        guard budget.take(cost, at: turn.instant()) else {
            metrics.overBudget.add()
            return nil
        }
        packed.removeAll()
        packed.release(above: Self.packedBytesMax)
        frames.withSpan { compressor.compress($0, into: packed) }
        worth.learn(bytes: size, packed: packed.count)
        guard packed.count < size else {
            metrics.inVain.add()
            return nil
        }
        metrics.compressed.add()
        return packed
    }
}

extension Hub {
    /// Frames are compressed from now on, for sessions that take it; before there are any. No-op
    /// where the limits allow no time for it.
    package func compress(with compressor: any FrameCompressor) {
        guard limits.gzipPercentMax > 0 else { return }
        compression = FrameCompression(
            compressor, percent: limits.gzipPercentMax, turn: turn, metrics.compression)
    }

    package var compresses: Bool { compression != nil }
}
