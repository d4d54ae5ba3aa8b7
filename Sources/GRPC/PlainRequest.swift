package import HTTP2

/// A GET or HEAD over HTTP/2 that is not gRPC: health, metrics. Its body, if any, is ignored.
package struct PlainRequest: Sendable {
    package var method: String
    /// As sent, with the query.
    package var path: String
    package var fields: [HTTP2Field]
}
