internal import Base
internal import GRPC
internal import InteropMessages
internal import PenstockClient
internal import Runtime

/// Runs one case over one channel (grpc/doc/interop-test-descriptions.md), as strictly as it is
/// described.
actor InteropRunner {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let options: InteropOptions
    private var channel: RPCChannel?

    init(loop: EventLoop, options: InteropOptions) {
        self.loop = loop
        self.options = options
    }

    func run() async -> Result<Void, InteropFailure> {
        let channel = RPCChannel(to: options.endpoint, on: loop)
        self.channel = channel
        defer { channel.close() }
        do throws(InteropFailure) {
            try await runCase()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func runCase() async throws(InteropFailure) {
        switch options.testCase {
        case .emptyUnary: try await emptyUnary()
        case .largeUnary: try await largeUnary()
        case .clientStreaming: try await clientStreaming()
        case .serverStreaming: try await serverStreaming()
        case .pingPong: try await pingPong()
        case .emptyStream: try await emptyStream()
        case .timeoutOnSleepingServer: try await timeoutOnSleepingServer()
        case .cancelAfterBegin: try await cancelAfterBegin()
        case .cancelAfterFirstResponse: try await cancelAfterFirstResponse()
        case .statusCodeAndMessage:
            try await echoesStatus(EchoStatus(code: 2, message: "test status message"), twice: true)
        case .specialStatusMessage:
            let text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
            try await echoesStatus(EchoStatus(code: 2, message: text), twice: false)
        case .customMetadata: try await customMetadata()
        case .unimplementedMethod: try await unimplemented("TestService")
        case .unimplementedService: try await unimplemented("UnimplementedService")
        }
    }

    func start(
        _ method: String, service: String = "TestService", metadata: Metadata = Metadata(),
        timeout: Duration? = nil
    ) throws(InteropFailure) -> InteropCall {
        guard let channel else { throw InteropFailure("there is no channel") }
        let handler = InteropCall()
        do throws(RPCStatus) {
            handler.began(
                try channel.start(
                    path: "/grpc.testing.\(service)/\(method)", metadata: metadata,
                    timeout: timeout, handler: handler))
        } catch {
            throw InteropFailure("the call did not start: \(error)")
        }
        return handler
    }

    /// The response of a call with one request and one response.
    func unary<Request: InteropMessage, Response: InteropMessage>(
        _ method: String, _ request: Request, metadata: Metadata = Metadata()
    ) async throws(InteropFailure) -> (Response, InteropCall) {
        let call = try start(method, metadata: metadata)
        try call.send(request)
        call.halfClose()
        let response = await call.next(Response.self)
        try expectOK(try await call.end())
        guard let response else { throw InteropFailure("no response message") }
        return (response, call)
    }

    func expectOK(_ status: RPCStatus) throws(InteropFailure) { try expect(status, .ok) }

    func expect(_ status: RPCStatus, _ code: RPCCode) throws(InteropFailure) {
        try InteropFailure.unless(status.code == code, "expected \(code), got \(status)")
    }
}
