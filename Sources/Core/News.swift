internal import Streams

/// How far frames lead the current rows of an audience.
struct News {
    var reached: Position
    /// How many messages the frames are; an event is one, and so is a state's change.
    var messages: UInt64 = 1
    /// How many of them are gaps for what is lost.
    var gaps: UInt64 = 0
}

/// What an audience was told with one piece of news: all that it wants of (from, to], of which it
/// wants nothing up to `known`.
struct Stretch {
    var from: Position
    var known: UInt64
    var to: Position
}
