internal import Base

/// What a call holds while its client has not said everything: the message that is coming in, or
/// whole ones that the handler keeps.
final class PartialMessage {
    var deframer: MessageDeframer
    /// Since when something is unfinished.
    let since: Instant
    /// Bytes of whole messages that the handler keeps until the client has said everything.
    var keptBytes = 0

    init(_ deframer: MessageDeframer, since: Instant) {
        self.deframer = deframer
        self.since = since
    }

    var bytes: Int { deframer.partialBytes + keptBytes }
}
