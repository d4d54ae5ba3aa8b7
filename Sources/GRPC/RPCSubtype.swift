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
        let type = text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        switch type {
        case "application/grpc", "application/grpc+proto": subtype = .protobuf
        case "application/grpc+msgpack": subtype = .messagePack
        default: return nil
        }
        self.text = type
    }
}
