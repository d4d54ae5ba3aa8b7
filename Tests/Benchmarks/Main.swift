import Base
import Runtime

/// `Benchmarks [--markdown] [--rounds N] [ingest] [encoding] [publish] [counts] [sizes] [gzip]`:
/// all parts, or those named. `scale` and `deliveries` are asked for by name.
@main struct Benchmarks {
    private static let parts = ["ingest", "encoding", "publish", "counts", "sizes", "gzip"]
    private static let usage = """
        usage: Benchmarks [--markdown] [--rounds N] [PART…]
          of \(parts.joined(separator: ", ")); all when none is named
               Benchmarks scale [--topics N] [--steps N]
               Benchmarks deliveries [--crowd CONNECTIONSxSTREAMSxTOPICS] [--steps TURNS]
        """

    private struct Wish {
        var parts: Set<String> = []
        var style = Report.Style.terminal
        var rounds = 9
        var steps: Int?
        var topics: Int?
        var crowd = "10x100x1"

        /// Nil: the words cannot be understood.
        init?(_ words: [String]) {
            var words = words[...]
            while let word = words.popFirst() {
                switch word {
                case "--markdown": style = .markdown
                case "--crowd":
                    guard let text = words.popFirst() else { return nil }
                    crowd = text
                case "--rounds", "--steps", "--topics":
                    guard let count = words.popFirst().flatMap({ Int($0) }), count >= 0 else {
                        return nil
                    }
                    if word == "--rounds" { rounds = max(1, count) }
                    if word == "--steps" { steps = count }
                    if word == "--topics" { topics = max(100, count) }
                case "scale", "deliveries": parts.insert(word)
                default:
                    guard Benchmarks.parts.contains(word) else { return nil }
                    parts.insert(word)
                }
            }
        }
    }

    static func main() {
        guard let wish = Wish(Array(CommandLine.arguments.dropFirst())) else {
            return print(usage)
        }
        func isWanted(_ part: String) -> Bool { wish.parts.isEmpty || wish.parts.contains(part) }
        var report = Report(style: wish.style)
        report.note(Machine.summary(at: Clock.timestamp()))
        if wish.parts.contains("deliveries") {
            guard let part = DeliveryBenchmark(crowd: wish.crowd, turns: wish.steps ?? 100) else {
                return print(usage)
            }
            part.run(into: &report)
        }
        if wish.parts.contains("scale") {
            var part = ScaleBenchmark()
            if let topics = wish.topics { part.sizes = [topics] }
            if let steps = wish.steps { part.steps = steps }
            part.run(into: &report)
        }
        let isReplayed = ["ingest", "sizes", "gzip"].contains { isWanted($0) }
        let recording = isReplayed ? BinanceRecording.load("btcusdt_20240808_a") : nil
        if isWanted("ingest") {
            IngestBenchmark(recording: recording, rounds: wish.rounds).run(into: &report)
        }
        if isWanted("encoding") { EncodingBenchmark(rounds: wish.rounds).run(into: &report) }
        if isWanted("publish") { PublishBenchmark(rounds: wish.rounds).run(into: &report) }
        if isWanted("counts") { CountBenchmark().run(into: &report) }
        if isWanted("sizes") { SizeBenchmark(recording: recording).run(into: &report) }
        if isWanted("gzip") {
            GzipBenchmark(recording: recording, rounds: wish.rounds).run(into: &report)
        }
        print(report.text)
    }
}
