/// Which payload fields of a topic an audience wants. The meaning of a bit depends on the kind of
/// topic; `all` is the same for every kind, so that everybody who wants everything shares frames.
///
/// Inlinable: topics ask it on every publication, and the protocol's operations would otherwise go
/// through witnesses.
@usableFromInline
package struct FieldSet: OptionSet, Hashable, Sendable {
    @usableFromInline package let rawValue: UInt16

    @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable package static var all: FieldSet { FieldSet(rawValue: .max) }

    @inlinable package static var bidPrice: FieldSet { FieldSet(rawValue: 1) }
    @inlinable package static var bidQuantity: FieldSet { FieldSet(rawValue: 2) }
    @inlinable package static var askPrice: FieldSet { FieldSet(rawValue: 4) }
    @inlinable package static var askQuantity: FieldSet { FieldSet(rawValue: 8) }

    @inlinable package static var bids: FieldSet { FieldSet(rawValue: 1) }
    @inlinable package static var asks: FieldSet { FieldSet(rawValue: 2) }

    @inlinable package static var price: FieldSet { FieldSet(rawValue: 1) }
    @inlinable package static var quantity: FieldSet { FieldSet(rawValue: 2) }
    @inlinable package static var id: FieldSet { FieldSet(rawValue: 4) }
    @inlinable package static var side: FieldSet { FieldSet(rawValue: 8) }
    @inlinable package static var firstID: FieldSet { FieldSet(rawValue: 16) }
    @inlinable package static var lastID: FieldSet { FieldSet(rawValue: 32) }
}

extension FieldSet {
    /// The fields of one kind of topic, by the names that clients use: those of Protos/.
    package struct Names: Sendable {
        package let fields: [(name: String, field: FieldSet)]

        package static let tick = Names(fields: [
            ("bid_price", .bidPrice), ("bid_quantity", .bidQuantity), ("ask_price", .askPrice),
            ("ask_quantity", .askQuantity),
        ])
        package static let book = Names(fields: [("bids", .bids), ("asks", .asks)])
        package static let trade = Names(fields: [
            ("price", .price), ("quantity", .quantity), ("id", .id), ("side", .side),
            ("first_id", .firstID), ("last_id", .lastID),
        ])
        /// Of topics whose payload has no parts.
        package static let none = Names(fields: [])

        /// What `names` mean to this kind; names of other kinds mean nothing. Nil: none does.
        package func set(of names: [String]) -> FieldSet? {
            var (set, whole) = (FieldSet(), FieldSet())
            for (name, field) in fields {
                whole.insert(field)
                if names.contains(name) { set.insert(field) }
            }
            if set.isEmpty { return nil }
            return set == whole ? .all : set
        }

        /// For people.
        package var list: String {
            fields.isEmpty ? "none" : fields.map(\.name).joined(separator: ", ")
        }
    }

    /// Whether any kind of topic has a field of that name.
    package static func isKnown(_ name: String) -> Bool {
        [Names.tick, .book, .trade].contains { $0.fields.contains { $0.name == name } }
    }
}
