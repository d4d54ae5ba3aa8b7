/// One payload on its way to many lanes, for the length of one call.
@safe
struct SharedFrame {
    let payload: UnsafeRawPointer
    let size: Int
    /// How many messages the payload is.
    let messages: Int
    /// Where the turn keeps a copy, once an output owes it.
    private var kept: UnsafeRawPointer?

    init(_ bytes: UnsafeRawBufferPointer, messages: Int) {
        // No byte is read of an empty payload.
        let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        unsafe payload = start
        size = bytes.count
        self.messages = messages
        unsafe kept = nil
    }

    /// All lanes of one call belong to one loop, so one turn keeps the copy for all of them.
    @inline(__always)
    mutating func kept(in turn: OutputTurn) -> UnsafeRawPointer {
        if let kept = unsafe kept { return unsafe kept }
        let copy = unsafe turn.keep(payload, size: size)
        unsafe kept = copy
        return unsafe copy
    }
}
