/// Names of topics that a principal may have: a topic's name, in which
///
/// - `*` within a segment stands for any run of characters of that segment: `tick:*:BTC/USDT`,
///   `book:binance:*/USDT`; at most one a segment;
/// - `**` as the last segment stands for any further segments, also none: `book:binance:**` has
///   every depth of every book of Binance, and `**` alone every topic.
///
/// Without `**` a pattern has as many segments as the name. Case counts. Patterns only allow;
/// nothing forbids what another one allows. Matching allocates nothing.
package struct TopicPattern: Equatable, Sendable {
    /// As deep as topics are named (`book:VENUE:SYMBOL:DEPTH:INTERVAL`), and room to grow.
    package static let segmentsMax = 8
    package static let bytesMax = Wildcard.bytesMax

    package let text: String
    /// What stands before `**`, or everything; nil: `**` alone.
    private let head: Wildcard?
    private let isOpen: Bool

    package init(parsing text: String) throws(TopicPatternError) {
        guard text.utf8.count <= Self.bytesMax else { throw .tooLong }
        var segments = text.utf8.split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard segments.count <= Self.segmentsMax else { throw .tooManySegments(text) }
        isOpen = segments.last?.elementsEqual("**".utf8) == true
        if isOpen { segments.removeLast() }
        for segment in segments { try Self.check(segment, of: text) }
        self.text = text
        head =
            segments.isEmpty
            ? nil
            : Wildcard(
                Array(segments.joined(separator: [UInt8(ascii: ":")])), separator: UInt8(ascii: ":")
            )
    }

    package func matches(_ name: String) -> Bool { matches(name.utf8.span) }

    package func matches(_ name: Span<UInt8>) -> Bool {
        guard let head else { return true }
        return isOpen ? head.matchesBeginning(of: name) : head.matches(name)
    }

    private static func check(
        _ segment: Substring.UTF8View, of text: String
    ) throws(TopicPatternError) {
        guard !segment.isEmpty else { throw .emptySegment(text) }
        var stars = 0
        for byte in segment {
            guard byte > 0x20 && byte < 0x7F else { throw .badCharacter }
            if byte == UInt8(ascii: "*") { stars += 1 }
        }
        guard stars <= 1 else { throw .tooManyStars(text) }
    }
}

/// Why a text is no pattern. Patterns come from configuration and from signed tokens, never from a
/// secret, so that they may be repeated.
package enum TopicPatternError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong
    case tooManySegments(String)
    case emptySegment(String)
    case tooManyStars(String)
    case badCharacter

    package var description: String {
        switch self {
        case .tooLong: "a topic pattern has more than \(TopicPattern.bytesMax) bytes"
        case .tooManySegments(let text):
            "topic pattern \"\(text)\" has more than \(TopicPattern.segmentsMax) segments"
        case .emptySegment(let text):
            "topic pattern \"\(text)\" has an empty segment; write KIND:SCOPE… with * for any"
        case .tooManyStars(let text):
            "topic pattern \"\(text)\": one * a segment, and ** only as the last one"
        case .badCharacter: "a topic pattern has a character that no topic name has"
        }
    }
}
