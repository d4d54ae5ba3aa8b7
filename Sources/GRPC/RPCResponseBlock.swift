internal import HTTP2

/// What a header block of a response says (grpc/doc/PROTOCOL-HTTP2.md, "Responses";
/// http-grpc-status-mapping.md where gRPC's own words are missing).
enum RPCResponseBlock: Equatable {
    /// 1xx: precedes the response and means nothing here.
    case informational
    case headers(Metadata, encoding: String?)
    /// Trailers, or the one block of a response without messages.
    case status(RPCStatus, Metadata)
    /// Not a gRPC response.
    case broken(RPCStatus)

    /// - Parameter isFirst: no block but informational ones came before.
    init(_ fields: [HTTP2Field], isFirst: Bool) {
        let httpStatus = fields.first(named: ":status")
        if isFirst, let httpStatus, httpStatus.hasPrefix("1") {
            self = .informational
        } else if let status = RPCStatus(fields: fields) {
            self = .status(status, Metadata(fields))
        } else if !isFirst {
            self = .headers(Metadata(fields), encoding: nil)
        } else if httpStatus != "200" {
            self = .broken(RPCStatus(httpStatus: httpStatus ?? "missing"))
        } else if !(fields.first(named: "content-type") ?? "").lowercased()
            .hasPrefix(RPCContentType.prefix)
        {
            self = .broken(RPCStatus(httpStatus: "200 with a content type that is not gRPC"))
        } else {
            self = .headers(
                Metadata(fields), encoding: fields.first(named: "grpc-encoding"))
        }
    }
}
