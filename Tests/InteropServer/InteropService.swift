import Base
import GRPC
import InteropMessages
import Runtime

/// `grpc.testing.TestService`, by which grpc's own clients judge a server
/// (grpc/doc/interop-test-descriptions.md, "Server"). It stands on the same interface as any other
/// service: methods, handlers, calls.
struct InteropService: RPCService {
    let name = "grpc.testing.TestService"
    let loop: EventLoop

    func register(in router: RPCRouter) {
        let loop = loop
        router.register("/\(name)/EmptyCall") { call in
            Self.echo(call)
            return SingleRequestHandler { call, _ in
                [].withRawSpan { call.send($0) }
                call.finish(.ok)
            }
        }
        for method in ["UnaryCall", "CacheableUnaryCall"] {
            router.register("/\(name)/\(method)") { call in
                Self.echo(call)
                return SingleRequestHandler { call, message in
                    Self.unary(call, SimpleRequest(decoding: message.copyBytes()))
                }
            }
        }
        router.register("/\(name)/StreamingInputCall") { _ in InputHandler() }
        router.register("/\(name)/StreamingOutputCall") { call in
            OutputHandler(call, loop: loop, answersAfterEnd: false)
        }
        router.register("/\(name)/FullDuplexCall") { call in
            Self.echo(call)
            return OutputHandler(call, loop: loop, answersAfterEnd: false)
        }
        router.register("/\(name)/HalfDuplexCall") { call in
            OutputHandler(call, loop: loop, answersAfterEnd: true)
        }
    }

    /// What the client asks to see again, in the headers and in the trailers.
    private static func echo(_ call: RPCCall) {
        if let value = call.metadata["x-grpc-test-echo-initial"] {
            call.initialMetadata.add("x-grpc-test-echo-initial", value)
        }
        for value in call.metadata.binaryValues("x-grpc-test-echo-trailing-bin") {
            call.trailingMetadata.add("x-grpc-test-echo-trailing-bin", bytes: value)
        }
    }

    private static func unary(_ call: RPCCall, _ request: SimpleRequest) {
        if let refusal = refusal(expecting: request.expectCompressed, on: call) {
            return call.finish(refusal)
        }
        if let status = request.responseStatus?.status, status != .ok {
            return call.finish(status)
        }
        let isCompressed = request.responseCompressed?.value ?? false
        if isCompressed && call.acceptsGzip { call.responseEncoding = .gzip }
        let response = SimpleResponse(payload: Payload(size: request.responseSize))
        response.encoded.withRawSpan { call.send($0, compressed: isCompressed) }
        call.finish(.ok)
    }

    /// The client says how its message comes; nil: it came like that.
    static func refusal(expecting expected: BoolValue?, on call: RPCCall) -> RPCStatus? {
        guard let expected, expected.value != call.isMessageCompressed else { return nil }
        let (came, wanted) = (call.isMessageCompressed, expected.value)
        return RPCStatus(
            .invalidArgument, "the message came compressed: \(came), expected: \(wanted)")
    }
}

extension EchoStatus {
    /// Codes that do not exist are INVALID_ARGUMENT.
    var status: RPCStatus {
        guard let code = UInt8(exactly: code).flatMap({ RPCCode(rawValue: $0) }) else {
            return RPCStatus(.invalidArgument, "there is no status \(code)")
        }
        return RPCStatus(code, message)
    }
}
