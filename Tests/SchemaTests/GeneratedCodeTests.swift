import Foundation
import Testing

/// Generated C is checked in; this makes sure that it is what Protos/ says.
@Suite struct `Generated code` {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let hasGenerators = ["protoc-c", "protoc"].allSatisfy { tool in
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(tool)")
    }

    /// Every file of a folder by its path inside it.
    private func files(in folder: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let file = folder.appendingPathComponent(path)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
            if !isFolder.boolValue { files[path] = try Data(contentsOf: file) }
        }
        return files
    }

    @Test(.enabled(if: hasGenerators, "needs protoc and protoc-c in /usr/bin"))
    func `the checked-in C is what the generator makes of Protos`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("penstock-generated-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = Self.root.appendingPathComponent("Sources/C/CProtos")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [source.appendingPathComponent("generate.sh").path, folder.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)

        let fresh = try files(in: folder)
        let handwritten = ["generate.sh", "include/CProtos.h", "include/module.modulemap"]
        let present = try files(in: source).filter { !handwritten.contains($0.key) }
        #expect(fresh.count > 5)
        #expect(Set(fresh.keys) == Set(present.keys))
        for (path, content) in fresh {
            #expect(present[path] == content, "\(path): run Sources/C/CProtos/generate.sh")
        }
    }
}
