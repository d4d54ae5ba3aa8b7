/// Why the bytes of a stream cannot be cut into messages.
package enum MessageDeframerError: Error, Equatable {
    /// Of a compressed message, the bytes it had when it passed the limit.
    case tooLarge(bytes: Int, limit: Int)
    /// The compressed flag is set though no compression was agreed.
    case compressed
    /// A compressed message is no single, whole gzip member.
    case damaged
    /// The flag byte is neither 0 nor 1.
    case badFlag(UInt8)
}
