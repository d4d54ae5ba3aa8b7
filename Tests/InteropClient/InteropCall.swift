internal import Base
internal import GRPC
internal import InteropMessages

/// A call whose answers are waited for. Confined to the runner's loop; one waiter at a time.
final class InteropCall: RPCClientHandler {
    private(set) var initialMetadata: Metadata?
    private(set) var trailingMetadata = Metadata()
    private var messages: [[UInt8]] = []
    private var status: RPCStatus?
    private var call: RPCClientCall?
    private var waiter: CheckedContinuation<Void, Never>?

    func began(_ call: RPCClientCall) { self.call = call }

    func send(_ message: some InteropMessage) throws(InteropFailure) {
        let isTaken = message.encoded.withRawSpan { call?.send($0) ?? false }
        try InteropFailure.unless(isTaken, "a request message was not taken")
    }

    func halfClose() { call?.halfClose() }

    func cancel() { call?.cancel() }

    /// Nil: the call has ended instead.
    func next<Message: InteropMessage>(_: Message.Type) async -> Message? {
        while messages.isEmpty && status == nil { await wait() }
        return messages.isEmpty ? nil : Message(decoding: messages.removeFirst())
    }

    /// The status of the call, which must bring no further message.
    func end() async throws(InteropFailure) -> RPCStatus {
        while true {
            try InteropFailure.unless(messages.isEmpty, "a message that nobody asked for")
            if let status { return status }
            await wait()
        }
    }

    private func wait() async { await withCheckedContinuation { waiter = $0 } }

    private func wake() {
        let waiting = waiter.take()
        waiting?.resume()
    }

    func receivedHeaders(_ metadata: Metadata, on call: RPCClientCall) {
        initialMetadata = metadata
    }

    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        messages.append(message.copyBytes())
        wake()
    }

    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        self.status = status
        trailingMetadata = trailers
        wake()
    }
}
