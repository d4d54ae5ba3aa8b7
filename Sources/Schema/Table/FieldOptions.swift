/// Penstock's own options of one field, as `penstock/v1/options.proto` defines them.
package struct FieldOptions: Equatable, Sendable {
    package enum Visibility: UInt64, Sendable { case everybody, processOnly, encrypted }

    package var visibility = Visibility.everybody
    /// Number of the sibling field that holds this mantissa's exponent.
    package var exponent: UInt32?

    package init() {}

    static let visibilityNumber: UInt32 = 50100
    static let exponentNumber: UInt32 = 50101
    static let columnsNumber: UInt32 = 50102
}

/// Penstock's options of one message and of its fields by number.
package struct MessageOptions: Equatable, Sendable {
    package var isColumns = false
    package var fields: [UInt32: FieldOptions] = [:]

    package init() {}
}
