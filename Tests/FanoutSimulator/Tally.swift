/// What happened in a world, or in many.
package struct Tally: Sendable {
    package var steps = 0
    /// Published positions.
    package var updates = 0
    package var events = 0
    package var epochs = 0
    package var connections = 0
    package var cuts = 0
    package var calls = 0
    package var cancels = 0
    package var requests = 0
    package var refusals = 0
    package var snapshots = 0
    package var deltas = 0
    package var deliveredEvents = 0
    package var gaps = 0
    package var resumes = 0
    package var tokens = 0
    package var closed = 0
    package var ended = 0
    package var windowChanges = 0
    package var limits = 0
    package var heartbeats = 0
    package var drains = 0
    package var takeovers = 0
    package var bytes = 0

    package init() {}

    private static var parts: [(name: String, path: WritableKeyPath<Tally, Int>)] {
        [
            ("steps", \.steps), ("published updates", \.updates), ("published events", \.events),
            ("new epochs", \.epochs), ("connections", \.connections), ("cuts", \.cuts),
            ("calls", \.calls), ("cancelled calls", \.cancels), ("requests", \.requests),
            ("refusals", \.refusals), ("snapshots delivered", \.snapshots),
            ("deltas delivered", \.deltas), ("events delivered", \.deliveredEvents),
            ("gaps", \.gaps), ("resumed topics", \.resumes), ("resume tokens used", \.tokens),
            ("closed as too slow", \.closed), ("topics that ended", \.ended),
            ("window changes", \.windowChanges), ("limits reached", \.limits),
            ("heartbeats", \.heartbeats), ("drained connections", \.drains),
            ("takeovers", \.takeovers), ("bytes delivered", \.bytes),
        ]
    }

    package static func += (sum: inout Tally, part: Tally) {
        for (_, path) in parts { sum[keyPath: path] += part[keyPath: path] }
    }

    /// One part a line.
    package var lines: [String] {
        Self.parts.map { "\($0.name): \(self[keyPath: $0.path])" }
    }
}
