internal import Base

/// Who uses a byte stream. All calls come on the stream's loop, never from within a call to the
/// stream.
package protocol ByteStreamDelegate: AnyObject {
    /// A stream made by `connect` is connected and, with TLS, secured; one that was accepted and
    /// expects security is secured, or known to be cleartext.
    func opened(_ stream: ByteStream)
    /// Bytes arrived; the span dies when the call returns.
    func received(_ bytes: RawSpan, on stream: ByteStream)
    /// The turn's sends are done, but the kernel did not take everything, or windows hold bytes
    /// back. Told at least when that begins.
    func heldUp(_ stream: ByteStream)
    /// The stream was blocked and everything in its output has left.
    func becameWritable(_ stream: ByteStream)
    /// The last call, exactly once, whoever closed it. `reason` is nil after an orderly end of the
    /// peer and after our own close.
    func closed(_ stream: ByteStream, _ reason: SystemError?)
}

extension ByteStreamDelegate {
    package func opened(_ stream: ByteStream) {}
    package func heldUp(_ stream: ByteStream) {}
}
