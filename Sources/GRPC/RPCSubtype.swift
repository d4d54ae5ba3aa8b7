/// How messages of a call are encoded, named by its content type.
package enum RPCSubtype: Sendable, CaseIterable {
    case protobuf, messagePack
}

/// A parsed content type of a gRPC request (grpc/doc/PROTOCOL-HTTP2.md, "Content-Type").
struct RPCContentType: Equatable {
    var subtype: RPCSubtype
    /// What the response says: the request's type without its parameters.
    var text: String

    static let prefix = "application/grpc"

    /// Nil: not a type we serve. Parameters after `;` are ignored; upper case is accepted.
    init?(_ text: String) {
        // Nearly every client writes it like this.
        if text == "application/grpc" {
            (subtype, self.text) = (.protobuf, "application/grpc")
            return
        }
        let type = text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        // Literals, so that a call does not keep a copy.
        switch type {
        case "application/grpc": (subtype, self.text) = (.protobuf, "application/grpc")
        case "application/grpc+proto": (subtype, self.text) = (.protobuf, "application/grpc+proto")
        case "application/grpc+msgpack":
            (subtype, self.text) = (.messagePack, "application/grpc+msgpack")
        default: return nil
        }
    }
}
