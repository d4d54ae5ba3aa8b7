/// How a message is written on the wire.
package enum Codec: Sendable, CaseIterable {
    /// Byte-identical to what any protobuf library writes, fields in ascending order.
    case protobuf
    /// A map keyed by field number; absent fields are omitted, decimals are strings.
    case messagePack
    /// Protobuf's JSON mapping, except that decimals are strings and book sides lists of rows.
    case json
}
