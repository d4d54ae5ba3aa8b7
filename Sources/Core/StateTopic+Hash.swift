internal import Schema
internal import Streams

extension StateTopic {
    /// Of the published state, as a subscriber of those fields has it. Nil: something changed since
    /// that is not published yet. The last answer is kept: many ask at once when they reconnect.
    func hash(of fields: FieldSet) -> StateHash? {
        if isDirty { return nil }
        if let known = lastHash, known.position == position, known.fields == fields {
            return known.hash
        }
        var hash = StateHash(status: status.rawValue)
        add(fields, to: &hash)
        lastHash = (position, fields, hash)
        return hash
    }
}
