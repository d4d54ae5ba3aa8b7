package import Base
package import HTTP2

/// The gRPC client's side of one connection. No I/O, like `RPCServerConnection`.
package final class RPCClientConnection {
    private let http2: HTTP2Connection
    private let limits: RPCLimits
    private var calls: [UInt32: RPCClientCall] = [:]
    private var isSettling = false
    /// The peer accepts no more calls: open a new connection for further ones.
    package private(set) var isDraining = false

    package init(
        output: OutputBuffer, http2Limits: HTTP2Limits = .client, limits: RPCLimits = RPCLimits(),
        wantsFlush: @escaping () -> Void = {}
    ) {
        self.limits = limits
        http2 = HTTP2Connection(
            role: .client, limits: http2Limits, output: output, wantsFlush: wantsFlush)
        http2.flush()
    }

    /// Handlers may hold their calls, which hold them.
    deinit { for call in calls.values { call.handler = nil } }

    /// Starts a call. Nil: the connection takes no more of them.
    package func start(
        path: String, authority: String, subtype: RPCSubtype = .protobuf,
        metadata: Metadata = Metadata(), timeout: Duration? = nil, handler: any RPCClientHandler
    ) -> RPCClientCall? {
        guard !isDraining else { return nil }
        let contentType =
            switch subtype {
            case .protobuf: "application/grpc"
            case .messagePack: "application/grpc+msgpack"
            }
        var fields = [
            HTTP2Field(":method", "POST"), HTTP2Field(":scheme", "http"),
            HTTP2Field(":path", path), HTTP2Field(":authority", authority),
            HTTP2Field("te", "trailers"), HTTP2Field("content-type", contentType),
        ]
        if let timeout { fields.append(HTTP2Field("grpc-timeout", RPCTimeout.text(timeout))) }
        guard let stream = http2.openStream(fields + metadata.fields) else { return nil }
        let call = RPCClientCall(
            path: path, stream: stream, handler: handler, client: self,
            messageBytesMax: limits.messageBytesMax)
        calls[stream.id] = call
        settle()
        return call
    }

    package func received(_ bytes: RawSpan) {
        http2.receive(bytes)
        settle()
    }

    package var outputBlocked: Bool {
        get { http2.outputBlocked }
        set { http2.outputBlocked = newValue }
    }

    package func outputDrained() {
        http2.outputDrained()
        settle()
    }

    package var waitsForOutput: Bool { http2.waitsForOutput }

    /// As `RPCServerConnection.awaitsOutput`.
    package var awaitsOutput: () -> Void {
        get { http2.awaitsOutput }
        set { http2.awaitsOutput = newValue }
    }
    package var isFinished: Bool { http2.isFinished }
    package var failure: HTTP2Error? { http2.failure }
    package var callCount: Int { calls.count }

    /// The socket is gone: open calls end with UNAVAILABLE.
    package func connectionLost() {
        isDraining = true
        http2.connectionLost()
        for call in calls.values.sorted(by: { $0.stream.id < $1.stream.id }) {
            finish(call, RPCStatus(.unavailable, "the connection was lost"))
        }
        settle()
    }

    func send(_ framed: RawSpan, on call: RPCClientCall) -> Bool {
        let isTaken = http2.send(framed, on: call.stream)
        settle()
        return isTaken
    }

    func halfClose(_ call: RPCClientCall) {
        http2.end(call.stream, trailers: nil)
        settle()
    }

    func cancel(_ call: RPCClientCall) {
        guard call.isOpen else { return }
        http2.reset(call.stream, .cancel)
        finish(call, RPCStatus(.cancelled, "cancelled by the caller"))
        settle()
    }

    private func settle() {
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        while true {
            http2.flush()
            let batch = http2.takeEvents()
            if batch.events.isEmpty { return http2.recycle(batch) }
            for event in batch.events { handle(event, batch) }
            http2.recycle(batch)
        }
    }

    private func handle(_ event: HTTP2Event, _ batch: borrowing HTTP2EventBatch) {
        switch event {
        case .headers(let stream, let fields, let isTooLarge):
            guard let call = calls[stream.id] else { return }
            receivedHeaders(fields, isTooLarge: isTooLarge, on: call)
        case .data(let stream, let range):
            guard let call = calls[stream.id] else { return }
            batch.withBytes(range) { receivedData($0, on: call) }
        case .ended(let stream):
            guard let call = calls[stream.id] else { return }
            let missing = RPCStatus(.internal, "the response ended without a status")
            finish(call, call.status ?? missing)
        case .closed(let stream, let code):
            guard let call = calls[stream.id] else { return }
            finish(call, call.status ?? RPCStatus(resetBy: code))
        case .goAway: isDraining = true
        case .failed: isDraining = true
        case .writable, .pong: break
        }
    }

    private func receivedHeaders(_ fields: [HTTP2Field], isTooLarge: Bool, on call: RPCClientCall) {
        if isTooLarge {
            return abandon(call, RPCStatus(.internal, "the response's headers are too large"))
        }
        if let text = fields.first(named: ":status") {
            // 1xx answers precede the response and mean nothing here.
            if text.hasPrefix("1") { return }
            guard text == "200" else { return abandon(call, RPCStatus(httpStatus: text)) }
            let type = fields.first(named: "content-type") ?? ""
            guard type.hasPrefix(RPCContentType.prefix) else {
                let text = "the response's content type is not gRPC"
                return abandon(call, RPCStatus(.internal, text))
            }
        }
        let isFirst = !call.hasHeaders
        call.hasHeaders = true
        if let status = RPCStatus(fields: fields) {
            call.status = status
            call.trailers = Metadata(fields)
        } else if isFirst {
            call.handler?.receivedHeaders(Metadata(fields), on: call)
        }
    }

    private func receivedData(_ bytes: RawSpan, on call: RPCClientCall) {
        var deframer = call.deframer
        call.deframer = MessageDeframer(messageBytesMax: limits.messageBytesMax)
        do throws(MessageDeframerError) {
            try deframer.receive(bytes) { message, _ in
                call.handler?.receivedMessage(message, on: call)
            }
            call.deframer = deframer
        } catch {
            abandon(call, RPCStatus(.internal, "the response's messages cannot be read: \(error)"))
        }
    }

    private func abandon(_ call: RPCClientCall, _ status: RPCStatus) {
        http2.reset(call.stream, .cancel)
        finish(call, status)
    }

    private func finish(_ call: RPCClientCall, _ status: RPCStatus) {
        calls[call.stream.id] = nil
        let handler = call.handler
        call.handler = nil
        handler?.finished(status, trailers: call.trailers, on: call)
    }
}
