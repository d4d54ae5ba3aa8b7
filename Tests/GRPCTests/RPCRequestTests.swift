import HTTP2
import Testing

@testable import GRPC

/// Requests by their header block, against a server in memory.
@Suite struct RPCRequestTests {
    let router: RPCRouter = {
        let router = RPCRouter()
        router.register("/s/M") { Recorder($0) }
        return router
    }()

    func request(
        _ method: String = "POST", _ path: String = "/s/M", type: String? = "application/grpc",
        _ more: [HTTP2Field] = []
    ) -> RPCRequest {
        var fields = [HTTP2Field(":method", method), HTTP2Field(":path", path)]
        if let type { fields.append(HTTP2Field("content-type", type)) }
        return RPCRequest(fields + more, router: router)
    }

    @Test(arguments: [
        "application/grpc", "application/grpc+proto", "application/grpc+msgpack",
        "application/grpc; charset=utf-8", "Application/gRPC+Proto",
    ])
    func `these content types are calls`(type: String) {
        guard case .call = request(type: type) else {
            Issue.record("not a call")
            return
        }
    }

    @Test(arguments: [
        "application/grpc+json", "application/grpc-web", "application/grpcx", "text/plain",
        "application/json", "",
    ])
    func `any other content type is 415`(type: String) {
        guard case .refusedByHTTP(415, nil) = request(type: type) else {
            Issue.record("not 415")
            return
        }
    }

    @Test(arguments: ["GET", "PUT", "HEAD", "DELETE"])
    func `a call must be POST`(method: String) {
        guard case .refusedByHTTP(405, "POST") = request(method) else {
            Issue.record("not 405")
            return
        }
    }

    @Test(arguments: ["GET", "HEAD"])
    func `other GETs are plain`(method: String) {
        guard case .plain(let plain) = request(method, "/healthz", type: nil) else {
            Issue.record("not plain")
            return
        }
        #expect(plain.path == "/healthz" && plain.method == method)
    }

    @Test func `gzip and identity are taken, anything else is refused`() {
        guard case .refused(let status, _) = request(more: "grpc-encoding", "deflate"),
            case .call(let gzip) = request(more: "grpc-encoding", "gzip"),
            case .call(let plain) = request(more: "grpc-encoding", "identity")
        else {
            Issue.record("wrong answer")
            return
        }
        #expect(status.code == .unimplemented)
        #expect(gzip.encoding == .gzip && plain.encoding == .identity)
    }

    @Test(arguments: ["", "S", "1", "123456789S", "-1S", "1.5S", "1s", "1 S"])
    func `a malformed timeout is INVALID_ARGUMENT`(timeout: String) {
        guard case .refused(let status, _) = request(more: "grpc-timeout", timeout) else {
            Issue.record("not refused")
            return
        }
        #expect(status.code == .invalidArgument)
    }

    func request(more name: String, _ value: String) -> RPCRequest {
        request("POST", "/s/M", type: "application/grpc", [HTTP2Field(name, value)])
    }
}
