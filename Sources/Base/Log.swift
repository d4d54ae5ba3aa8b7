internal import Glibc
internal import Synchronization

/// Structured log lines on standard error: a constant message, facts as key=value. Rules: `info` is
/// lifecycle only, `warning` is rate-limited by whoever logs it, payloads and secrets never appear.
package struct Log: Sendable {
    package enum Level: Int, Comparable, Sendable, CaseIterable {
        case trace, debug, info, warning, error

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private static let threshold = Atomic<Int>(Level.info.rawValue)

    /// The lowest level that is written, for the whole process.
    package static var level: Level {
        get { Level(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Who speaks: "feed", "gateway" …
    package let label: String

    package init(_ label: String) { self.label = label }

    package func trace(_ message: StaticString, _ facts: @autoclosure () -> [(String, String)] = [])
    {
        write(.trace, message, facts)
    }
    package func debug(_ message: StaticString, _ facts: @autoclosure () -> [(String, String)] = [])
    {
        write(.debug, message, facts)
    }
    package func info(_ message: StaticString, _ facts: @autoclosure () -> [(String, String)] = [])
    {
        write(.info, message, facts)
    }
    package func warning(
        _ message: StaticString, _ facts: @autoclosure () -> [(String, String)] = []
    ) {
        write(.warning, message, facts)
    }
    package func error(_ message: StaticString, _ facts: @autoclosure () -> [(String, String)] = [])
    {
        write(.error, message, facts)
    }

    private func write(_ level: Level, _ message: StaticString, _ facts: () -> [(String, String)]) {
        guard level.rawValue >= Log.threshold.load(ordering: .relaxed) else { return }
        var line = "\(Log.clockText()) \(level) \(label): \(message)"
        for (key, value) in facts() { line += " \(key)=\(Log.quoted(value))" }
        line += "\n"
        // One write call a line, so that lines of several threads do not mix.
        line.withUTF8 { text in _ = unsafe Glibc.write(2, text.baseAddress, text.count) }
    }

    /// Values with spaces or quotes are quoted, control characters replaced: one fact, one word.
    private static func quoted(_ value: String) -> String {
        let plain = value.unicodeScalars.allSatisfy {
            $0.value > 32 && $0 != "\"" && $0.value != 127
        }
        if plain && !value.isEmpty { return value }
        var text = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? "?" : scalar)
        }
        return text + "\""
    }

    private static func clockText() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
            .description
    }
}
