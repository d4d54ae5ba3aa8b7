internal import HTTP2

/// What a request's header block asks for, judged before any handler exists.
enum RPCRequest {
    case call(RPCHead)
    case plain(PlainRequest)
    /// Answered with this HTTP status and nothing else.
    case refusedByHTTP(status: Int, allow: String?)
    /// Answered as gRPC, with trailers only.
    case refused(RPCStatus, RPCContentType)

    /// Content type first: only `application/grpc…` is gRPC (grpc/doc/PROTOCOL-HTTP2.md). A POST of
    /// any other type, or any non-gRPC request for one of our methods, is 415 or 405.
    init(_ fields: [HTTP2Field], router: RPCRouter) {
        let method = fields.first(named: ":method") ?? ""
        let path = fields.first(named: ":path") ?? ""
        let type = fields.first(named: "content-type") ?? ""
        let contentType = RPCContentType(type)
        let isGRPC = contentType != nil || type.lowercased().hasPrefix(RPCContentType.prefix)
        if !isGRPC && (method == "GET" || method == "HEAD") && !router.knows(path) {
            self = .plain(PlainRequest(method: method, path: path, fields: fields))
            return
        }
        guard method == "POST" else {
            let allow = isGRPC || router.knows(path) ? "POST" : "GET, HEAD"
            self = .refusedByHTTP(status: 405, allow: allow)
            return
        }
        guard let contentType else {
            self = .refusedByHTTP(status: 415, allow: nil)
            return
        }
        let encodingName = fields.first(named: "grpc-encoding") ?? RPCEncoding.identity.rawValue
        guard let encoding = RPCEncoding(rawValue: encodingName) else {
            let text = "grpc-encoding \(encodingName) is not supported; use \(RPCEncoding.accepted)"
            self = .refused(RPCStatus(.unimplemented, text), contentType)
            return
        }
        var timeout: Duration?
        if let text = fields.first(named: "grpc-timeout") {
            timeout = RPCTimeout.parse(text)
            if timeout == nil {
                let status = RPCStatus(.invalidArgument, "grpc-timeout is not digits and a unit")
                self = .refused(status, contentType)
                return
            }
        }
        self = .call(
            RPCHead(
                path: path, contentType: contentType, timeout: timeout,
                authority: fields.first(named: ":authority") ?? "", encoding: encoding,
                acceptsGzip: RPCEncoding.acceptsGzip(fields.first(named: "grpc-accept-encoding")),
                metadata: Metadata(fields)))
    }
}
