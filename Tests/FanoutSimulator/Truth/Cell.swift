/// One number of a topic's state: a field, or a level of a side.
struct Cell: Hashable {
    var field: Field
    /// Of a level; else 0.
    var price: Int64 = 0
}
