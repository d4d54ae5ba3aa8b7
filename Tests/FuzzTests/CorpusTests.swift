import Base
import Foundation
import FuzzTargets
import Testing

/// Replays what the fuzzer kept: inputs that reach every path it found, and those that once broke
/// something.
@Suite struct CorpusTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/corpora")

    static func inputs(_ target: FuzzTarget) throws -> [[UInt8]] {
        let folder = folder.appending(path: target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every kept input is taken without harm`(target: FuzzTarget) throws {
        let inputs = try Self.inputs(target)
        #expect(inputs.count >= 10, "the corpus of \(target) is missing")
        for input in inputs { input.withRawSpan { target.run($0) } }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `neither are a thousand changes to them`(target: FuzzTarget) throws {
        let inputs = try Self.inputs(target)
        var random = SeededRandom(seed: 1)
        for _ in 0..<1000 {
            guard var input = inputs.randomElement(using: &random), !input.isEmpty else { continue }
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: input.indices, using: &random)
                input[index] = UInt8.random(in: 0...255, using: &random)
            }
            input.withRawSpan { target.run($0) }
        }
    }
}
