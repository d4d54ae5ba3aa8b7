internal import Base
internal import HTTP2

/// From the server to the handlers.
extension RPCClientConnection {
    func receivedHeaders(_ fields: [HTTP2Field], isTooLarge: Bool, on call: RPCClientCall) {
        if isTooLarge {
            let text =
                "the response's header list is larger than \(http2.limits.headerListBytesMax)"
            return stop(call, RPCStatus(.resourceExhausted, text))
        }
        switch RPCResponseBlock(fields, isFirst: call.machine.awaitsResponse) {
        case .informational: break
        case .broken(let status): stop(call, status)
        case .headers(let metadata, let encoding):
            switch call.machine.receivedBlock(hasStatus: false) {
            case .deliverHeaders:
                guard let encoding = RPCEncoding(rawValue: encoding ?? "identity") else {
                    let text =
                        "the response is compressed as \(encoding ?? ""), which nobody offered"
                    return stop(call, RPCStatus(.internal, text))
                }
                call.responseEncoding = encoding
                call.handler?.receivedHeaders(metadata, on: call)
            case .fail: stop(call, RPCStatus(.internal, "the response's trailers have no status"))
            case .keepStatus, .ignore: break
            }
        case .status(let status, let metadata):
            guard call.machine.receivedBlock(hasStatus: true) == .keepStatus else { return }
            call.status = status
            call.trailers = metadata
        }
    }

    func receivedData(_ bytes: RawSpan, on call: RPCClientCall) {
        // The handler may end the call meanwhile, so the deframer is taken out while it works.
        var deframer = call.deframer
        call.deframer = MessageDeframer(messageBytesMax: limits.messageBytesMax)
        partialBytes -= deframer.partialBytes
        var isPremature = false
        do throws(MessageDeframerError) {
            let gzip = call.responseEncoding == .gzip ? self.gzip : nil
            try deframer.receive(bytes, gzip: gzip) { message, isCompressed in
                switch call.machine.receivedMessage() {
                case .deliver:
                    call.isMessageCompressed = isCompressed
                    call.handler?.receivedMessage(message, on: call)
                case .fail: isPremature = true
                case .discard: break
                }
            }
        } catch {
            return stop(call, Self.status(of: error))
        }
        if isPremature {
            return stop(call, RPCStatus(.internal, "a message came before the response's headers"))
        }
        guard call.isOpen else { return }
        call.deframer = deframer
        partialBytes += deframer.partialBytes
        if partialBytes > limits.partialBytesMax {
            let text = "unfinished messages exceed \(limits.partialBytesMax) bytes"
            stop(call, RPCStatus(.resourceExhausted, text))
        }
    }

    func receivedEnd(on call: RPCClientCall) {
        let missing = RPCStatus(.internal, "the response ended without a status")
        var status = call.status ?? missing
        if status.code == .ok && call.deframer.partialBytes > 0 {
            status = RPCStatus(.internal, "the response's last message is incomplete")
        }
        ended(call, status)
    }

    private static func status(of error: MessageDeframerError) -> RPCStatus {
        switch error {
        case .tooLarge(let bytes, let limit):
            RPCStatus(
                .resourceExhausted, "response message of \(bytes) bytes, at most \(limit) are taken"
            )
        case .compressed:
            RPCStatus(.internal, "compressed message in a response without grpc-encoding")
        case .damaged:
            RPCStatus(.internal, "a compressed message is not one whole gzip member")
        case .badFlag(let flag):
            RPCStatus(.internal, "message flag is \(flag), only 0 and 1 exist")
        }
    }
}
