/// Bytes that leave after those of the piece before. Has the layout of `struct iovec` (readv(2)).
@safe
package struct OutputPiece {
    package var start: UnsafeRawPointer?
    package var count: Int
}
