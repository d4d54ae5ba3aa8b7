internal import Base
package import HTTP2

/// The custom fields of a call, in order, names in lower case and possibly repeated. Values of
/// names that end in `-bin` are bytes, base64 on the wire; all others are printable ASCII.
package struct Metadata: Equatable, Sendable {
    /// As on the wire.
    package private(set) var fields: [HTTP2Field] = []

    package init() {}

    /// Keeps the custom fields of a header block: neither pseudo fields nor what gRPC and HTTP
    /// themselves use. User metadata is untrusted until a handler checks it.
    package init(_ fields: [HTTP2Field]) {
        self.fields = fields.filter { field in
            !field.name.hasPrefix(":") && !field.name.hasPrefix("grpc-")
                && field.name != "content-type" && field.name != "te"
        }
    }

    /// The first value of a name.
    package subscript(name: String) -> String? { fields.first(named: name) }

    /// All values of a name, as fields of their own.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The bytes of all values of a `-bin` name; several may share a field, divided by commas.
    /// Values that are not base64 are left out.
    package func binaryValues(_ name: String) -> [[UInt8]] {
        fields.filter { $0.name == name }.flatMap { field in
            field.value.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
                Base64.decode(part.filter { $0 != " " })
            }
        }
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(HTTP2Field(name.lowercased(), value))
    }

    package mutating func add(_ name: String, bytes: [UInt8]) {
        precondition(name.hasSuffix("-bin"), "binary metadata \(name) must end in -bin")
        fields.append(HTTP2Field(name.lowercased(), Base64.encode(bytes, padding: false)))
    }
}
