import Core

/// What the other loops hand to one, in order; it is read once a turn.
///
/// `@unchecked Sendable`: a world has one thread.
final class VirtualMailbox: @unchecked Sendable {
    enum Letter {
        /// The owner of the topics has news.
        case wakeup
        case wishes([FollowerWish])
    }

    private var letters: [Letter] = []

    var count: Int { letters.count }

    func put(_ letter: Letter) { letters.append(letter) }

    func takeFirst() -> Letter? { letters.isEmpty ? nil : letters.removeFirst() }
}
