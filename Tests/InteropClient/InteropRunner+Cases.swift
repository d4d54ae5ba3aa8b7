internal import Base
internal import GRPC
internal import InteropMessages

extension InteropRunner {
    private static let requestSize = 271_828
    private static let responseSize = 314_159

    func emptyUnary() async throws(InteropFailure) {
        let request = Empty()
        try InteropFailure.unless(request.encoded.isEmpty, "the empty request has bytes")
        let (_, _): (Empty, InteropCall) = try await unary("EmptyCall", request)
    }

    func largeUnary() async throws(InteropFailure) {
        let (response, _): (SimpleResponse, InteropCall) = try await unary("UnaryCall", Self.large)
        try Self.expectZeros(response.payload, Self.responseSize)
    }

    func clientStreaming() async throws(InteropFailure) {
        let call = try start("StreamingInputCall")
        for size in [27_182, 8, 1828, 45_904] {
            var request = StreamingInputCallRequest()
            request.payload = Payload(size: size)
            try call.send(request)
        }
        call.halfClose()
        let response = await call.next(StreamingInputCallResponse.self)
        try expectOK(try await call.end())
        let size = response?.aggregatedPayloadSize
        try InteropFailure.unless(size == 74_922, "aggregated size \(size ?? -1)")
    }

    func serverStreaming() async throws(InteropFailure) {
        let sizes = [31_415, 9, 2653, 58_979]
        let call = try start("StreamingOutputCall")
        try call.send(Self.wanting(sizes))
        call.halfClose()
        for size in sizes {
            let response = await call.next(StreamingOutputCallResponse.self)
            try Self.expectZeros(response?.payload, size)
        }
        try expectOK(try await call.end())
    }

    func pingPong() async throws(InteropFailure) {
        let call = try start("FullDuplexCall")
        for (request, response) in [
            (27_182, 31_415), (8, 9), (1828, 2653), (45_904, 58_979),
        ] {
            try call.send(Self.wanting([response], payload: request))
            let answer = await call.next(StreamingOutputCallResponse.self)
            try Self.expectZeros(answer?.payload, response)
        }
        call.halfClose()
        try expectOK(try await call.end())
    }

    func emptyStream() async throws(InteropFailure) {
        let call = try start("FullDuplexCall")
        call.halfClose()
        try expectOK(try await call.end())
    }

    func timeoutOnSleepingServer() async throws(InteropFailure) {
        let call = try start("FullDuplexCall", timeout: .milliseconds(1))
        // A slow machine may be late already here, and then the request is not taken.
        _ = try? call.send(Self.wanting([], payload: 27_182))
        try expect(try await call.end(), .deadlineExceeded)
    }

    func cancelAfterBegin() async throws(InteropFailure) {
        let call = try start("StreamingInputCall")
        call.cancel()
        try expect(try await call.end(), .cancelled)
    }

    func cancelAfterFirstResponse() async throws(InteropFailure) {
        let call = try start("FullDuplexCall")
        try call.send(Self.wanting([31_415], payload: 27_182))
        let response = await call.next(StreamingOutputCallResponse.self)
        try Self.expectZeros(response?.payload, 31_415)
        call.cancel()
        try expect(try await call.end(), .cancelled)
    }

    /// - Parameter twice: by UnaryCall and by FullDuplexCall.
    func echoesStatus(_ wanted: EchoStatus, twice: Bool) async throws(InteropFailure) {
        var simple = SimpleRequest()
        simple.responseStatus = wanted
        let unary = try start("UnaryCall")
        try unary.send(simple)
        unary.halfClose()
        try Self.expect(try await unary.end(), equals: wanted)
        guard twice else { return }
        var request = StreamingOutputCallRequest()
        request.responseStatus = wanted
        let duplex = try start("FullDuplexCall")
        try duplex.send(request)
        duplex.halfClose()
        try Self.expect(try await duplex.end(), equals: wanted)
    }

    func customMetadata() async throws(InteropFailure) {
        var metadata = Metadata()
        metadata.add(Self.initialName, Self.initialValue)
        metadata.add(Self.trailingName, bytes: Self.trailingValue)
        let (response, unary): (SimpleResponse, InteropCall) = try await unary(
            "UnaryCall", Self.large, metadata: metadata)
        try Self.expectZeros(response.payload, Self.responseSize)
        try Self.expectEcho(unary)

        let duplex = try start("FullDuplexCall", metadata: metadata)
        try duplex.send(Self.wanting([Self.responseSize], payload: Self.requestSize))
        duplex.halfClose()
        let answer = await duplex.next(StreamingOutputCallResponse.self)
        try Self.expectZeros(answer?.payload, Self.responseSize)
        try expectOK(try await duplex.end())
        try Self.expectEcho(duplex)
    }

    func unimplemented(_ service: String) async throws(InteropFailure) {
        let call = try start("UnimplementedCall", service: service)
        try call.send(Empty())
        call.halfClose()
        try expect(try await call.end(), .unimplemented)
    }
}

extension InteropRunner {
    private static let initialName = "x-grpc-test-echo-initial"
    private static let initialValue = "test_initial_metadata_value"
    private static let trailingName = "x-grpc-test-echo-trailing-bin"
    private static let trailingValue: [UInt8] = [0xab, 0xab, 0xab]

    private static var large: SimpleRequest {
        var request = SimpleRequest()
        request.responseSize = responseSize
        request.payload = Payload(size: requestSize)
        return request
    }

    private static func wanting(
        _ sizes: [Int], payload: Int? = nil
    ) -> StreamingOutputCallRequest {
        var request = StreamingOutputCallRequest()
        request.responseParameters = sizes.map { size in
            var parameters = ResponseParameters()
            parameters.size = size
            return parameters
        }
        request.payload = payload.map { Payload(size: $0) }
        return request
    }

    private static func expectZeros(
        _ payload: Payload?, _ size: Int
    ) throws(InteropFailure) {
        guard let body = payload?.body else { throw InteropFailure("a response is missing") }
        try InteropFailure.unless(body.count == size, "\(body.count) bytes instead of \(size)")
        try InteropFailure.unless(body.allSatisfy { $0 == 0 }, "the payload is not all zeros")
    }

    private static func expect(
        _ status: RPCStatus, equals wanted: EchoStatus
    ) throws(InteropFailure) {
        try InteropFailure.unless(
            Int(status.code.rawValue) == wanted.code && status.message == wanted.message,
            "expected status \(wanted), got \(status)")
    }

    private static func expectEcho(_ call: InteropCall) throws(InteropFailure) {
        let first = call.initialMetadata?[initialName]
        try InteropFailure.unless(first == initialValue, "initial metadata \(first ?? "missing")")
        let last = call.trailingMetadata.binaryValues(trailingName)
        try InteropFailure.unless(last == [trailingValue], "trailing metadata \(last)")
    }
}
