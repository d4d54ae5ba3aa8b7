/// Why a recording cannot be played; every case names the file, and the line where there is one.
package enum RecordingError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case damaged(file: String, line: Int, reason: String)
    case malformed(file: String, line: Int, reason: String)
    case unknownVenue(file: String, line: Int, host: String)
    case empty(file: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "recording \(file): cannot be read: \(reason)"
        case .damaged(let file, let line, let reason):
            "recording \(file): damaged after line \(line): \(reason)"
        case .malformed(let file, let line, let reason):
            "recording \(file), line \(line): \(reason)"
        case .unknownVenue(let file, let line, let host):
            "recording \(file), line \(line): host '\(host)' is no venue the simulator plays;"
                + " allowed: hosts of binance.com and binance.us"
        case .empty(let file):
            "recording \(file): holds no message of a venue; expected one JSON object a line with"
                + " t, kind, stream, dir, data"
        }
    }
}
