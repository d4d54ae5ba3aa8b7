package import Base

/// Makes frames smaller in the way that subscribers said they understand. Core knows that there is
/// one, not which. Confined to its loop.
package protocol FrameCompressor: AnyObject {
    /// Appends the messages of `frames` to `output`, each with its prefix, and compressed where
    /// that makes it smaller.
    func compress(_ frames: RawSpan, into output: OutputBuffer)
}
