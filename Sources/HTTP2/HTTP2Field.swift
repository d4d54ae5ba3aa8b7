/// One header or trailer field. Names are lower-case on the wire (RFC 9113 §8.2); pseudo fields
/// start with a colon and come first.
package struct HTTP2Field: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// By bytes: what is only canonically equal is another value on the wire.
    package static func == (left: HTTP2Field, right: HTTP2Field) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8)
            && left.value.utf8.elementsEqual(right.value.utf8)
    }

    /// The size the peer's SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 §6.5.2).
    package var listSize: Int { name.utf8.count + value.utf8.count + 32 }
}

extension [HTTP2Field] {
    /// The value of the first field with this name.
    package func first(named name: String) -> String? { first { $0.name == name }?.value }
}
