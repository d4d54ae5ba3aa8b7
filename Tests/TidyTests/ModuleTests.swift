import Foundation
import Testing

/// Arrows between modules, and who touches C.
@Suite struct `Modules` {
    struct Target: CustomTestStringConvertible, Sendable {
        let name: String
        let uses: [String]
        let isTest: Bool
        var testDescription: String { name }
    }

    /// Targets as Package.swift writes them.
    static let targets: [Target] = {
        guard let text = try? SourceTree.text("Package.swift") else { return [] }
        let pattern =
            #/(room|tests|\.\w*[tT]arget)\(\s*(?:name: )?"(\w+)"(?<rest>[^\[]*\[[^\]]*\])/#
        return text.matches(of: pattern).map { match in
            let uses = match.output.rest.matches(of: #/"(\w+)"/#).map { String($0.output.1) }
            return Target(
                name: String(match.output.2), uses: uses, isTest: match.output.1 == "tests")
        }
    }()

    static let rooms = targets.filter { HouseRules.arrows[$0.name] != nil }

    @Test func `Package.swift was understood`() {
        #expect(Self.rooms.map(\.name).sorted() == HouseRules.arrows.keys.sorted())
        #expect(Self.targets.first { $0.name == "Streams" }?.uses == ["Base", "Market", "Schema"])
        #expect(Self.targets.contains { $0.name == "BaseTests" && $0.isTest })
    }

    @Test(arguments: rooms)
    func `a floor uses only the floors below`(target: Target) throws {
        let allowed = try #require(HouseRules.arrows[target.name])
            .union(HouseRules.libraries[target.name] ?? [])
        for used in target.uses where !allowed.contains(used) {
            Issue.record("\(target.name) must not use \(used)")
        }
    }

    @Test func `every module has a folder of tests`() {
        let tested = Set(Self.targets.filter(\.isTest).map(\.name))
        for room in Self.rooms where room.name != "penstock" {
            #expect(tested.contains(room.name + "Tests"), "\(room.name) has no tests")
        }
    }

    @Test func `every folder of sources is a target`() {
        let folders = Set(
            SourceTree.sources.compactMap { $0.path.split(separator: "/").dropFirst().first })
        for folder in folders where folder != "C" {
            #expect(HouseRules.arrows[String(folder)] != nil, "\(folder) has no floor")
        }
    }

    @Test(arguments: SourceTree.sources)
    func `every import says who sees it`(file: SourceTree.File) {
        for entry in imports(file) where entry.access == nil {
            Issue.record("\(file.path):\(entry.line): bare import of \(entry.module)")
        }
    }

    @Test(arguments: SourceTree.sources)
    func `C and Foundation stay with their owners`(file: SourceTree.File) {
        for entry in imports(file) {
            let place = "\(file.path):\(entry.line)"
            if let owners = HouseRules.owners[entry.module]
                ?? HouseRules.systemModules[entry.module]
            {
                #expect(
                    owners.contains(where: file.path.hasPrefix), "\(place) imports \(entry.module)")
                #expect(
                    entry.access == "internal" || entry.access == "private",
                    "\(place) shows \(entry.module) to others")
            }
        }
    }

    @Test(arguments: HouseRules.owners.keys.sorted())
    func `a C library has few owners`(module: String) {
        let files = SourceTree.sources.filter { file in
            imports(file).contains { $0.module == module }
        }
        #expect(
            files.count <= HouseRules.ownersMax[module] ?? 1,
            "\(module): \(files.map(\.path).joined(separator: ", "))")
    }

    private func imports(_ file: SourceTree.File) -> [(line: Int, access: String?, module: String)]
    {
        file.code.lines.enumerated().compactMap { index, line in
            guard line.contains("import ") else { return nil }
            let pattern = #/^\s*(?:@\w+\s+)*(?:(\w+)\s+)?import\s+(?:[a-z]+\s+)?(\w+)/#
            guard let match = line.firstMatch(of: pattern) else { return nil }
            return (index + 1, match.output.1.map(String.init), String(match.output.2))
        }
    }
}
