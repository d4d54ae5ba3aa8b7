internal import Base
internal import HTTP2

/// From the peer to the handlers.
extension RPCServerConnection {
    func receivedHeaders(_ fields: [HTTP2Field], isTooLarge: Bool, on stream: HTTP2Stream) {
        // A second block is the request's trailers, which mean nothing in gRPC.
        guard !stream.hasSentHeaders, calls[stream.id] == nil, unanswered[stream.id] == nil else {
            return
        }
        arrivals.stream(at: now)
        if isTooLarge { return respond(PlainResponse(status: 431, text: ""), to: nil, on: stream) }
        switch request(fields) {
        case .call(let head): start(head, on: stream)
        case .plain(let request):
            whenWhole(stream) { $0.respond($0.plain(request), to: request, on: stream) }
        case .refusedByHTTP(let status, let allow):
            let response = PlainResponse(status: status, text: "")
            whenWhole(stream) { $0.respond(response, to: nil, on: stream, allow: allow) }
        case .refused(let status, let contentType):
            let fields = responseFields(contentType) + trailers(status, Metadata())
            http2.sendHeaders(fields, on: stream, endStream: true)
        }
    }

    /// Of a remembered header block: ordinary calls, without long credentials.
    private static let latestBytesMax = 1024

    /// What a block asks for. Those of one client look alike: then the answer is known, and HTTP/2
    /// hands over the very same array, for which the comparison is O(1).
    private func request(_ fields: [HTTP2Field]) -> RPCRequest {
        if let latest, latest.fields == fields { return .call(latest.head) }
        let request = RPCRequest(fields, router: router)
        if case .call(let fresh) = request {
            // Calls share what is equal.
            let others = latest?.head.metadata
            let head = fresh.sharing(
                path: router.shared(fresh.path),
                metadata: others == fresh.metadata ? others ?? fresh.metadata : fresh.metadata)
            // What an idle connection holds of it is small.
            let size = fields.reduce(0) { $0 + $1.listSize }
            latest = size <= Self.latestBytesMax ? (fields, head) : nil
            return .call(head)
        }
        return request
    }

    private func start(_ head: RPCHead, on stream: HTTP2Stream) {
        let call = RPCCall(
            head, stream: stream, server: self, deadline: head.timeout.map { now + $0 })
        guard call.machine.receivedHeaders() == .start else { return }
        calls[stream.id] = call
        if let deadline = call.deadline { addTimed(call, deadline) }
        if let refusal = refusal(of: head.metadata) { return finish(call, refusal) }
        if let refusal = router.admit(call) { return finish(call, refusal) }
        if firstCaller == nil { firstCaller = call.identity }
        guard let handler = router.makeHandler(for: call) else {
            return finish(call, RPCStatus(.unimplemented, "method \(call.path) is not known"))
        }
        if call.isOpen { call.handler = handler }
    }

    private func refusal(of metadata: Metadata) -> RPCStatus? {
        let bytes = metadata.fields.reduce(0) { $0 + $1.listSize }
        guard bytes > limits.metadataBytesMax else { return nil }
        limitReached(.metadata)
        return RPCStatus(
            .resourceExhausted,
            "metadata of \(bytes) bytes, at most \(limits.metadataBytesMax) are accepted")
    }

    func addTimed(_ call: RPCCall, _ deadline: Instant) {
        // Short calls leave entries behind between two ticks; keep them in proportion.
        if timed.count > 2 * calls.count + 64 { timed.removeAll { !$0.isOpen } }
        timed.append(call)
        earliestDeadline = earliestDeadline.map { min($0, deadline) } ?? deadline
    }

    func receivedData(_ bytes: RawSpan, on call: RPCCall) {
        guard call.isOpen else { return }
        // The handler may end the call meanwhile: what is unfinished is taken out while it works.
        var since = call.partial?.since
        var deframer =
            call.partial?.deframer ?? MessageDeframer(messageBytesMax: limits.messageBytesMax)
        partialBytes -= deframer.partialBytes
        call.partial?.deframer = MessageDeframer(messageBytesMax: limits.messageBytesMax)
        do throws(MessageDeframerError) {
            let gzip = call.requestEncoding == .gzip ? router.gzip : nil
            try deframer.receive(bytes, gzip: gzip) { message, isCompressed in
                since = nil
                guard call.machine.receivedMessage() == .deliver else { return }
                arrivals.message(at: now)
                call.isMessageCompressed = isCompressed
                call.handler?.receivedMessage(message, on: call)
            }
        } catch {
            if case .tooLarge = error { limitReached(.message) }
            return cancel(call, Self.status(of: error))
        }
        guard call.isOpen else { return }
        hold(deframer, keptBytes: call.partial?.keptBytes ?? 0, since: since ?? now, for: call)
        partialBytes += deframer.partialBytes
        if partialBytes > limits.partialBytesMax {
            limitReached(.partialMessages)
            let text =
                "unfinished messages of this connection exceed \(limits.partialBytesMax) bytes"
            cancel(call, RPCStatus(.resourceExhausted, text))
        }
    }

    private func hold(
        _ deframer: MessageDeframer, keptBytes: Int, since: Instant, for call: RPCCall
    ) {
        guard deframer.partialBytes + keptBytes > 0 else {
            call.partial = nil
            return
        }
        let partial = PartialMessage(deframer, since: since)
        partial.keptBytes = keptBytes
        call.partial = partial
    }

    func receivedEnd(on call: RPCCall) {
        if call.isOpen, let partial = call.partial, partial.deframer.partialBytes > 0 {
            return cancel(call, RPCStatus(.invalidArgument, "the last message is incomplete"))
        }
        if call.machine.receivedEnd() == .deliverEnd { call.handler?.receivedEnd(on: call) }
    }

    func closed(_ stream: HTTP2Stream) {
        guard let call = calls.removeValue(forKey: stream.id) else { return }
        forget(call)
        let handler = call.handler
        call.handler = nil
        guard call.machine.peerClosed() == .cancelHandler else { return }
        handler?.cancelled(call)
        router.ended(call, RPCStatus(.cancelled, "the client left"))
    }

    func deadlinePassed(_ call: RPCCall) {
        let status = RPCStatus(.deadlineExceeded, "the deadline passed")
        let action = call.machine.deadlinePassed()
        guard action != .ignore else { return }
        forget(call)
        let handler = call.handler
        call.handler = nil
        sendStatus(status, of: call, trailersOnly: action == .cancelAndSendTrailersOnly)
        handler?.cancelled(call)
        router.ended(call, status)
    }

    /// Ends a call over its handler's head, and tells the handler.
    func cancel(_ call: RPCCall, _ status: RPCStatus) {
        guard call.isOpen else { return }
        let handler = call.handler
        call.handler = nil
        finish(call, status)
        handler?.cancelled(call)
    }

    func forget(_ call: RPCCall) {
        partialBytes -= call.partial?.bytes ?? 0
        call.partial = nil
    }

    func keep(_ bytes: Int, for call: RPCCall) {
        guard call.isOpen else { return }
        let deframer =
            call.partial?.deframer ?? MessageDeframer(messageBytesMax: limits.messageBytesMax)
        partialBytes += bytes - (call.partial?.keptBytes ?? 0)
        hold(deframer, keptBytes: bytes, since: now, for: call)
    }

    private static func status(of error: MessageDeframerError) -> RPCStatus {
        switch error {
        case .tooLarge(let bytes, let limit):
            RPCStatus(
                .resourceExhausted, "message of \(bytes) bytes, at most \(limit) are accepted")
        case .compressed:
            RPCStatus(.internal, "compressed message without grpc-encoding")
        case .damaged:
            RPCStatus(.internal, "compressed message is not one whole gzip member")
        case .badFlag(let flag):
            RPCStatus(.internal, "message flag is \(flag), only 0 and 1 exist")
        }
    }
}
