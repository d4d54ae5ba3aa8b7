import Foundation
import Testing

/// What the README promises is what the sources have, and the other way round.
@Suite struct `The README's tables` {
    /// Metric names in string literals, by the file that has them.
    private func metricsOfSources() -> [String: String] {
        var found: [String: String] = [:]
        for file in SourceTree.sources {
            for line in file.lines {
                for match in line.matches(of: #/"(penstock_[a-z0-9_]+)"/#) {
                    found[String(match.output.1)] = file.path
                }
            }
        }
        return found
    }

    private func metricsOfReadme() throws -> Set<String> {
        let rows = try SourceTree.text("README.md").matches(of: #/\| `(penstock_[a-z0-9_]+)/#)
        return Set(rows.map { String($0.output.1) })
    }

    @Test func `every metric is in the table`() throws {
        let documented = try metricsOfReadme()
        for (name, path) in metricsOfSources().sorted(by: { $0.key < $1.key }) {
            #expect(documented.contains(name), "\(name) of \(path) is not in README.md")
        }
    }

    @Test func `every metric of the table exists`() throws {
        let known = Set(metricsOfSources().keys)
        for name in try metricsOfReadme().sorted() {
            #expect(known.contains(name), "\(name) of README.md is in no source")
        }
    }

    @Test func `metric names end in their unit or in total`() {
        let units = ["total", "bytes", "seconds", "count", "info", "ratio", "max"]
        for (name, path) in metricsOfSources() {
            let last = name.split(separator: "_").last.map(String.init) ?? ""
            #expect(units.contains(last) || last.hasSuffix("s"), "\(name) of \(path)")
        }
    }

    @Test(arguments: ["tick", "book", "trade", "aggtrade"])
    func `every kind of topic is in the table`(kind: String) throws {
        #expect(try SourceTree.text("README.md").contains("| `\(kind):"))
    }

    /// Raw values of the enums of limits, and the names that `RPCLimit` gives its own.
    private func limitsOfSources() -> Set<String> {
        var names: Set<String> = []
        for file in SourceTree.sources {
            let isEnum = ["HTTP2Limit.swift", "GatewayLimit.swift"].contains {
                file.path.hasSuffix("/" + $0)
            }
            guard isEnum || file.path.hasSuffix("/RPCLimit.swift") else { continue }
            for line in file.lines {
                if isEnum, let match = line.firstMatch(of: #/^    case (\w+)(?: = "(\w+)")?$/#) {
                    names.insert(String(match.output.2 ?? match.output.1))
                } else if let match = line.firstMatch(of: #/case \.\w+: "(\w+)"/#), !isEnum {
                    names.insert(String(match.output.1))
                }
            }
        }
        return names
    }

    @Test func `every limit is in the table, and every row is a limit`() throws {
        let text = try SourceTree.text("README.md")
        let start = try #require(text.range(of: "## Limits"))
        let end = try #require(text.range(of: "## Metrics"))
        let rows = text[start.upperBound..<end.lowerBound].matches(of: #/\n\| `([a-z_]+)` \|/#)
        #expect(Set(rows.map { String($0.output.1) }) == limitsOfSources())
    }

    @Test func `every key of a limit is in the table`() throws {
        let text = try SourceTree.text("README.md")
        for file in SourceTree.sources where file.path.hasSuffix("/LimitSetting.swift") {
            for match in file.lines.joined(separator: "\n").matches(of: #/key: "(\w+)"/#) {
                #expect(text.contains("`\(match.output.1)`"), "\(match.output.1)")
            }
        }
    }

    @Test func `every command of the Makefile is explained there`() throws {
        let makefile = try SourceTree.text("Makefile")
        let phony = try #require(makefile.firstMatch(of: #/\.PHONY: (.*)/#)).output.1
        for target in phony.split(separator: " ") {
            #expect(makefile.contains(try Regex("(?m)^\(target):.*## ")), "\(target)")
        }
    }
}
