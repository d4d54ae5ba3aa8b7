import Schema

/// What a state topic shows, as a plain table.
struct ShownState: Equatable {
    var status = Status.stale
    var hasState = false
    var cells: [Cell: Int64] = [:]

    /// Only those fields; nil: all.
    func projected(_ fields: Set<Field>?) -> ShownState {
        guard let fields else { return self }
        var part = self
        part.cells = cells.filter { fields.contains($0.key.field) }
        return part
    }
}
