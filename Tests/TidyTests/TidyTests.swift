import Foundation
import Testing

/// Reads the tree and keeps the house rules; every failure names file and line.
@Suite struct `The house is tidy` {
    @Test(arguments: SourceTree.files)
    func `no file is too long`(file: SourceTree.File) {
        guard file.isSwift || file.path.hasSuffix(".py") else { return }
        let most = file.isTest ? HouseRules.testLinesMax : HouseRules.sourceLinesMax
        #expect(file.lines.count <= most, "\(file.path) has \(file.lines.count) lines")
    }

    @Test(arguments: SourceTree.swift)
    func `no function is too long`(file: SourceTree.File) {
        for function in file.code.functions
        where function.length > HouseRules.functionLinesMax {
            Issue.record("\(file.path):\(function.line) has \(function.length) lines")
        }
    }

    @Test(arguments: SourceTree.files)
    func `no line is too wide, ends in blanks or holds a tab`(file: SourceTree.File) {
        let isMakefile = file.name == "Makefile" || file.name == ".gitmodules"
        let isWide = file.path.hasSuffix(".md") || file.path.hasSuffix(".proto")
        for (index, line) in file.lines.enumerated() {
            let place = "\(file.path):\(index + 1)"
            if !isWide, line.count > HouseRules.columnsMax {
                Issue.record("\(place) has \(line.count) columns")
            }
            if line.last?.isWhitespace == true { Issue.record("\(place) ends in blanks") }
            if !isMakefile, line.contains("\t") { Issue.record("\(place) holds a tab") }
        }
    }

    @Test(arguments: SourceTree.sources)
    func `no source calls what is banned`(file: SourceTree.File) {
        for rule in HouseRules.banned where !rule.allowed.contains(where: file.path.hasPrefix) {
            for line in file.code.uses(of: rule.call) {
                Issue.record("\(file.path):\(line) has \(rule.call): \(rule.because)")
            }
        }
    }

    @Test(arguments: SourceTree.files)
    func `nothing is left over and no machine shows through`(file: SourceTree.File) {
        for (index, line) in file.lines.enumerated() {
            let place = "\(file.path):\(index + 1)"
            for word in HouseRules.leftovers where SwiftText.contains(line, word) {
                Issue.record("\(place): \(word)")
            }
            for path in HouseRules.machinePaths where mentions(line, path) {
                Issue.record("\(place) mentions \(path)")
            }
        }
    }

    /// A path begins at `path`: what stands before it is no part of a longer path or word.
    private func mentions(_ line: String, _ path: String) -> Bool {
        guard let found = line.range(of: path) else { return false }
        guard let before = line[..<found.lowerBound].last else { return true }
        return !(before.isLetter || before.isNumber || ".-_)*/".contains(before))
    }

    @Test(arguments: SourceTree.files)
    func `no file has a name that says nothing`(file: SourceTree.File) {
        for part in file.path.split(whereSeparator: { "/.+".contains($0) }) {
            #expect(!HouseRules.emptyNames.contains(String(part)), "\(file.path)")
        }
    }
}
