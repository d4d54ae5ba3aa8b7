/// Which payload fields a subscription wants, before it is known what its topics are.
package enum FieldWish: Equatable, Sendable {
    case all
    /// At least one; each is a field of some kind of topic.
    case named([String])
}
