import Foundation

/// A recorded session of `../shared/recordings`, one JSON object a line, decoded by Foundation:
/// nothing of it goes through the code under test.
struct Recording {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/recordings").standardizedFileURL

    static var isPresent: Bool { FileManager.default.fileExists(atPath: root.path()) }

    private let lines: [Data]

    init(_ name: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "gzip", "-dc", Recording.root.appending(path: name + ".jsonl.gz").path(),
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        lines = data.split(separator: UInt8(ascii: "\n"))
    }

    /// The messages that contain all of `words`, unwrapped from the recording's line and from the
    /// combined stream's envelope. Key "url" is added: where the message came from.
    func bodies(containing words: String...) throws -> [[String: Any]] {
        try lines.compactMap { line in
            guard words.allSatisfy({ line.range(of: Data($0.utf8)) != nil }),
                let outer = try JSONSerialization.jsonObject(with: line) as? [String: Any],
                let text = outer["data"] as? String,
                let message = try JSONSerialization.jsonObject(with: Data(text.utf8))
                    as? [String: Any]
            else { return nil }
            var body = message["data"] as? [String: Any] ?? message
            body["url"] = outer["stream"]
            return body
        }
    }
}
