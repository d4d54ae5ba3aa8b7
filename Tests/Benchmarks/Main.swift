import Base
import Runtime

/// `Benchmarks [--markdown] [--rounds N] [ingest] [encoding] [publish] [counts] [sizes] [gzip]`:
/// all parts, or those named.
@main struct Benchmarks {
    private static let parts = ["ingest", "encoding", "publish", "counts", "sizes", "gzip"]

    static func main() {
        var wanted: Set<String> = []
        var style = Report.Style.terminal
        var rounds = 9
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            if argument == "--markdown" {
                style = .markdown
            } else if argument == "--rounds", let count = arguments.popFirst().flatMap({ Int($0) }),
                count > 0
            {
                rounds = count
            } else if parts.contains(argument) {
                wanted.insert(argument)
            } else {
                let names = parts.map { "[\($0)]" }.joined(separator: " ")
                print("usage: Benchmarks [--markdown] [--rounds N] \(names)")
                return
            }
        }
        func isWanted(_ part: String) -> Bool { wanted.isEmpty || wanted.contains(part) }
        var report = Report(style: style)
        report.note(Machine.summary(at: Clock.timestamp()))
        let recording = BinanceRecording.load("btcusdt_20240808_a")
        if isWanted("ingest") {
            IngestBenchmark(recording: recording, rounds: rounds).run(into: &report)
        }
        if isWanted("encoding") { EncodingBenchmark(rounds: rounds).run(into: &report) }
        if isWanted("publish") { PublishBenchmark(rounds: rounds).run(into: &report) }
        if isWanted("counts") { CountBenchmark().run(into: &report) }
        if isWanted("sizes") { SizeBenchmark(recording: recording).run(into: &report) }
        if isWanted("gzip") {
            GzipBenchmark(recording: recording, rounds: rounds).run(into: &report)
        }
        print(report.text)
    }
}
