import Foundation
import Testing

/// The files of the repository, as far as they are ours: no build products, nothing generated.
struct SourceTree {
    struct File: CustomTestStringConvertible, Sendable {
        /// Relative to the repository's root, with slashes.
        let path: String
        let lines: [String]
        /// Empty unless it is Swift.
        let code: SwiftText
        var testDescription: String { path }
        var isTest: Bool { path.hasPrefix("Tests/") || path.contains("/tests/") }
        var isSwift: Bool { path.hasSuffix(".swift") }
        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Everything that people wrote, in the order of paths.
    static let files: [File] = read()

    static let swift = files.filter(\.isSwift)
    static let sources = swift.filter { $0.path.hasPrefix("Sources/") }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static let kinds: Set = [
        "swift", "c", "h", "cpp", "modulemap", "py", "proto", "md", "toml", "txt", "sh", "ini",
    ]
    private static let plain: Set = ["Makefile", "LICENSE", ".swift-format", ".gitignore"]

    private static func read() -> [File] {
        let names = FileManager.default.enumerator(atPath: root.path(percentEncoded: false))
        var files: [File] = []
        while let path = names?.nextObject() as? String {
            let parts = path.split(separator: "/").map(String.init)
            if [".git", ".build", ".venv", "__pycache__"].contains(parts.last ?? "") {
                names?.skipDescendants()
            } else if isOurs(path, parts), let text = try? text(path) {
                let lines = text.components(separatedBy: "\n")
                let code = SwiftText(path.hasSuffix(".swift") ? lines : [])
                files.append(File(path: path, lines: lines, code: code))
            }
        }
        return files.sorted { $0.path < $1.path }
    }

    private static func isOurs(_ path: String, _ parts: [String]) -> Bool {
        guard let name = parts.last, !isGenerated(path) else { return false }
        if parts.first == ".ci" { return parts.count == 2 }
        return plain.contains(name) || kinds.contains((name as NSString).pathExtension)
    }

    private static func isGenerated(_ path: String) -> Bool {
        path.contains(".pb-c.") || path.contains("_pb2") || path.contains("/generated/")
    }
}
