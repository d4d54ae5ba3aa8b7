/// Why the bytes of a stream cannot be cut into messages.
package enum MessageDeframerError: Error, Equatable {
    case tooLarge(bytes: Int, limit: Int)
    /// The compressed flag is set though no compression was agreed.
    case compressed
    /// The flag byte is neither 0 nor 1.
    case badFlag(UInt8)
}
