/// How single messages of a call may be compressed (grpc/doc/compression.md). Which message is, its
/// own prefix says.
package enum RPCEncoding: String, Sendable {
    case identity, gzip

    /// What `grpc-accept-encoding` says of us.
    static let accepted = "identity,gzip"

    /// Whether a `grpc-accept-encoding` field, a list divided by commas, names gzip.
    package static func acceptsGzip(_ field: String?) -> Bool {
        field?.split(separator: ",").contains { part in
            part.drop { $0 == " " }.prefix { $0 != " " } == "gzip"
        } ?? false
    }
}
