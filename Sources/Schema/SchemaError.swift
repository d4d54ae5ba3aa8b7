/// Why bytes could not be decoded. Always the sender's fault.
package enum SchemaError: Error, Equatable, Sendable {
    /// Truncated, a wrong wire type, or a length that does not fit.
    case malformedProtobuf(message: String)
    /// Truncated, not a map, or nested too deeply.
    case malformedMessagePack(message: String)
    /// A value of another type than the field's, or out of its range.
    case wrongType(message: String, field: String)
    /// The codec can only be written.
    case notDecodable
}

extension SchemaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedProtobuf(let message): "not a \(message) in protobuf"
        case .malformedMessagePack(let message): "not a \(message) in MessagePack"
        case .wrongType(let message, let field): "\(message).\(field) has a wrong type or range"
        case .notDecodable: "JSON is written only, never read"
        }
    }
}
