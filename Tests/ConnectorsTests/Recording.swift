import Foundation

/// A recorded session: lines of `{"t":…,"kind":…,"stream":…,"dir":…,"data":…}`, read by Foundation
/// so that nothing under test takes part.
struct Recording {
    struct Line {
        var isAnswer: Bool
        var stream: String
        var text: [UInt8]
        /// The message, as Foundation reads it.
        var message: [String: Any]
    }

    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../shared/recordings").standardized

    static var isAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    var lines: [Line] = []

    /// Several files are one session after another on one connection.
    init(_ names: [String]) throws {
        for name in names {
            let content = try Self.content(of: Self.folder.appending(path: name))
            for line in content.split(separator: UInt8(ascii: "\n")) {
                guard
                    let entry = try JSONSerialization.jsonObject(with: line) as? [String: Any],
                    entry["dir"] as? String == "in", let text = entry["data"] as? String
                else { continue }
                let message = try JSONSerialization.jsonObject(with: Data(text.utf8))
                lines.append(
                    Line(
                        isAnswer: entry["kind"] as? String == "http",
                        stream: entry["stream"] as? String ?? "", text: Array(text.utf8),
                        message: message as? [String: Any] ?? [:]))
            }
        }
    }

    private static func content(of file: URL) throws -> Data {
        guard file.pathExtension == "gz" else { return try Data(contentsOf: file) }
        let unzip = Process()
        unzip.executableURL = URL(filePath: "/usr/bin/env")
        unzip.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        unzip.standardOutput = pipe
        try unzip.run()
        let content = pipe.fileHandleForReading.readDataToEndOfFile()
        unzip.waitUntilExit()
        return content
    }

    /// Venue symbols in the streams and answers, sorted.
    var symbols: [String] {
        var found: Set<String> = []
        for line in lines {
            if let stream = line.message["stream"] as? String {
                found.insert(String(stream.prefix { $0 != "@" }).uppercased())
            } else if let symbol = line.answeredSymbol {
                found.insert(symbol)
            }
        }
        return found.sorted()
    }
}

extension Recording.Line {
    /// The `symbol=` of the request this line answers.
    var answeredSymbol: String? {
        guard isAnswer, let range = stream.range(of: "symbol=") else { return nil }
        return String(stream[range.upperBound...].prefix { $0 != "&" })
    }
}
