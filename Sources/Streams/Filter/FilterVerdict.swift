/// What a filter means to one topic.
package enum FilterVerdict: Equatable, Sendable {
    /// Every change passes.
    case always
    /// None ever does: the topic's symbol is not among those that are asked for.
    case never
    case sometimes(FilterProgram)
}
