/// The topics of one principal: what any of its patterns matches. Allow-only, bounded.
package struct TopicGrants: Equatable, Sendable {
    /// Patterns of one principal. Default 256: a token of 8 KiB has no room for many more, and
    /// every one may be tried at every subscription.
    package static let patternsMax = 256

    package let patterns: [TopicPattern]

    package init(_ texts: some Collection<String>) throws(TopicGrantsError) {
        guard texts.count <= Self.patternsMax else { throw .tooMany }
        var patterns: [TopicPattern] = []
        for text in texts {
            do throws(TopicPatternError) {
                patterns.append(try TopicPattern(parsing: text))
            } catch {
                throw .pattern(error)
            }
        }
        self.patterns = patterns
    }

    private init(known patterns: [TopicPattern]) { self.patterns = patterns }

    package static let nothing = TopicGrants(known: [])

    /// Kinds that anybody may read who may read at all. A new kind of topic is private until it is
    /// listed here.
    package static let publicKinds = ["tick", "book", "trade", "aggtrade", "bench"]

    /// Every topic of a public kind.
    package static let everythingPublic = TopicGrants(
        known: publicKinds.compactMap { try? TopicPattern(parsing: "\($0):**") })

    package func allows(_ name: String) -> Bool { patterns.contains { $0.matches(name) } }
}

package enum TopicGrantsError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooMany
    case pattern(TopicPatternError)

    package var description: String {
        switch self {
        case .tooMany: "more than \(TopicGrants.patternsMax) topic patterns"
        case .pattern(let error): error.description
        }
    }
}
