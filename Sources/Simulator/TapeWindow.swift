internal import Base

/// One prepared message: where its frame lies, when it plays, which stream it belongs to.
package struct TapeMessage: Sendable {
    /// Tape time in nanoseconds; never less than that of the message before.
    package let time: Int64
    package let stream: Int32
    /// Bytes of the frame header in front of the combined envelope.
    package let headerCount: Int32
    package let frameStart: Int
    package let frameCount: Int32
    /// Offset of the payload, the value of `data`, in the frame; it ends one byte before the frame.
    package let payloadOffset: Int32
}

/// A run of prepared messages, as finished frames one behind the other. Positions count from the
/// start of the tape; a recorded tape keeps all of them, a model drops what has been played.
package struct TapeWindow: Sendable {
    private var bytes: [UInt8] = []
    private var messages: [TapeMessage] = []
    /// Position of the first message still kept.
    package private(set) var firstPosition = 0
    private var droppedBytes = 0

    package init() {}

    /// The position behind the last message.
    package var endPosition: Int { firstPosition + messages.count }
    package var isEmpty: Bool { messages.isEmpty }
    package var lastTime: Int64? { messages.last?.time }
    package var byteCount: Int { bytes.count }

    package subscript(position: Int) -> TapeMessage { messages[position - firstPosition] }

    /// Appends the message `{"stream":"<name>","data":<payload>}`.
    package mutating func append(stream: Int, name: String, payload: RawSpan, time: Int64) {
        let envelope = 11 + name.utf8.count + 9 + payload.byteCount + 1
        let start = bytes.count
        ServerFrame.appendHeader(payloadBytes: envelope, to: &bytes)
        let headerCount = bytes.count - start
        bytes.append("{\"stream\":\"")
        bytes.append(name)
        bytes.append("\",\"data\":")
        let payloadOffset = bytes.count - start
        bytes.append(payload)
        bytes.append(UInt8(ascii: "}"))
        messages.append(
            TapeMessage(
                time: time, stream: Int32(stream), headerCount: Int32(headerCount),
                frameStart: start + droppedBytes, frameCount: Int32(bytes.count - start),
                payloadOffset: Int32(payloadOffset)))
    }

    /// The whole frame with the combined envelope.
    package func withFrame<Result, Failure: Error>(
        _ message: TapeMessage, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = message.frameStart - droppedBytes
        return try bytes.withBytes(start..<start + Int(message.frameCount), body)
    }

    /// The combined envelope without frame header.
    package func withEnvelope<Result, Failure: Error>(
        _ message: TapeMessage, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = message.frameStart - droppedBytes
        return try bytes.withBytes(
            start + Int(message.headerCount)..<start + Int(message.frameCount), body)
    }

    /// The payload alone, as raw streams carry it.
    package func withPayload<Result, Failure: Error>(
        _ message: TapeMessage, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = message.frameStart - droppedBytes
        return try bytes.withBytes(
            start + Int(message.payloadOffset)..<start + Int(message.frameCount) - 1, body)
    }

    /// Forgets the messages before `position`.
    package mutating func discard(before position: Int) {
        let count = min(position, endPosition) - firstPosition
        guard count > 0 else { return }
        let start = count < messages.count ? messages[count].frameStart - droppedBytes : bytes.count
        messages.removeFirst(count)
        bytes.removeFirst(start)
        droppedBytes += start
        firstPosition += count
    }
}
