/// How large a filter may be. It is parsed once a request and evaluated once a change and audience.
package struct FilterLimits: Sendable {
    /// Bytes of text. Default 4,096: a set of the largest size and a few comparisons.
    package var bytesMax = 4096
    /// Comparisons, changes and sets. Default 64: more than people write; an evaluation of all of
    /// them costs a few microseconds.
    package var termsMax = 64
    /// Parentheses and "not" within each other. Default 16, likewise; also bounds the recursion.
    package var depthMax = 16
    /// Symbols of one set. Default 256: looked at once a topic, when it is subscribed.
    package var symbolsMax = 256

    package init() {}
}
