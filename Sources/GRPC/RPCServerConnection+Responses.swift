internal import Base
internal import HTTP2

/// From the handlers to the peer.
extension RPCServerConnection {
    /// Long enough for a sentence; percent-encoded at most 12 KiB. Not characters: each of them may
    /// be as long as its author likes.
    private static let messageScalarsMax = 1024

    /// After `trySend` took several messages as one.
    func countFurther(_ count: Int) { http2.countMessages(count) }

    func sendHeaders(on call: RPCCall) {
        guard call.isOpen, !call.stream.hasSentHeaders,
            call.machine.sendMessage() == .sendHeadersThenMessage
        else { return }
        http2.sendHeaders(responseFields(call), on: call.stream, endStream: false)
    }

    func send(_ framed: RawSpan, on call: RPCCall) {
        switch call.machine.sendMessage() {
        case .discard: return
        case .sendHeadersThenMessage:
            http2.sendHeaders(responseFields(call), on: call.stream, endStream: false)
        case .sendMessage: break
        }
        if http2.send(framed, on: call.stream) {
            http2.countMessages(MessageDeframer.count(in: framed))
        } else {
            http2.reset(call.stream, .enhanceYourCalm)
        }
        settle()
    }

    func finish(_ call: RPCCall, _ status: RPCStatus) {
        let succeeded = status.code == .ok
        switch call.machine.finish(succeeded: succeeded) {
        case .ignore: return
        case .sendTrailersOnly: sendStatus(status, of: call, trailersOnly: true)
        case .sendTrailers: sendStatus(status, of: call, trailersOnly: false)
        case .sendHeadersThenTrailers:
            http2.sendHeaders(responseFields(call), on: call.stream, endStream: false)
            sendStatus(status, of: call, trailersOnly: false)
        }
        forget(call)
        call.handler = nil
        router.ended(call, status)
        settle()
    }

    func sendStatus(_ status: RPCStatus, of call: RPCCall, trailersOnly: Bool) {
        let fields = trailers(status, call.trailingMetadata)
        if trailersOnly {
            http2.sendHeaders(
                responseFields(call) + fields, on: call.stream, endStream: true)
        } else {
            http2.end(call.stream, trailers: fields)
        }
    }

    /// Answers a request that is not a call. Nil: no request was accepted, send the bare status.
    func respond(
        _ response: PlainResponse, to request: PlainRequest?, on stream: HTTP2Stream,
        allow: String? = nil
    ) {
        var fields = [HTTP2Field(":status", String(response.status))]
        if !response.body.isEmpty {
            fields.append(HTTP2Field("content-type", response.contentType))
        }
        fields.append(HTTP2Field("content-length", String(response.body.count)))
        if let allow { fields.append(HTTP2Field("allow", allow)) }
        if response.body.isEmpty || request?.method == "HEAD" {
            return http2.sendHeaders(fields, on: stream, endStream: true)
        }
        http2.sendHeaders(fields, on: stream, endStream: false)
        let isTaken = response.body.withRawSpan { http2.send($0, on: stream, endStream: true) }
        if !isTaken { http2.reset(stream, .enhanceYourCalm) }
    }

    func responseFields(_ call: RPCCall) -> [HTTP2Field] {
        let metadata = call.initialMetadata.fields
        var fields = responseFields(call.head.contentType)
        if call.responseEncoding == .gzip { fields.append(Self.gzipField) }
        return metadata.isEmpty ? fields : fields + metadata
    }

    func responseFields(_ contentType: RPCContentType) -> [HTTP2Field] {
        if contentType.text == Self.usualFields[1].value { return Self.usualFields }
        return [Self.okField, HTTP2Field("content-type", contentType.text), Self.acceptField]
    }

    /// Of most answers: made once.
    private static let usualFields = [
        okField, HTTP2Field("content-type", RPCContentType.prefix), acceptField,
    ]
    private static let usualTrailers = [HTTP2Field("grpc-status", String(RPCCode.ok.rawValue))]
    private static let okField = HTTP2Field(":status", "200")
    private static let acceptField = HTTP2Field("grpc-accept-encoding", RPCEncoding.accepted)
    private static let gzipField = HTTP2Field("grpc-encoding", RPCEncoding.gzip.rawValue)

    func trailers(_ status: RPCStatus, _ metadata: Metadata) -> [HTTP2Field] {
        var fields =
            status.code == .ok
            ? Self.usualTrailers : [HTTP2Field("grpc-status", String(status.code.rawValue))]
        if !status.message.isEmpty {
            // Texts may quote what the peer sent; clients refuse long header lists.
            let text = String(status.message.unicodeScalars.prefix(Self.messageScalarsMax))
            fields.append(HTTP2Field("grpc-message", PercentEncoding.encode(text)))
        }
        if !status.details.isEmpty {
            fields.append(
                HTTP2Field("grpc-status-details-bin", Base64.encode(status.details, padding: false))
            )
        }
        return metadata.fields.isEmpty ? fields : fields + metadata.fields
    }
}
