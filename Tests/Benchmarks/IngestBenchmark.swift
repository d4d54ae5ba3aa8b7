import AllocationCount
import Base
import Core
import Runtime

/// Venue bytes to topics updated and published, in one thread.
struct IngestBenchmark {
    let recording: BinanceRecording?
    let rounds: Int

    private static let readBytes = 65536
    private static let kinds = ["book", "tick", "trade"]

    fileprivate struct Figures {
        var messageTimes: [Double] = []
        var percentiles: [[Double]] = []
        var allocations: [Double] = []
    }

    func run(into report: inout Report) {
        report.title("Ingest: feed bytes to topics updated")
        guard let recording else {
            return report.note("skipped: no shared/recordings beside the repository")
        }
        var plain = Figures()
        var delivered = Figures()
        for round in -1..<rounds {
            // One round to warm up, not counted.
            var (first, second) = (Figures(), Figures())
            measure(recording, isSubscribed: false, into: &first)
            measure(recording, isSubscribed: true, into: &second)
            if round < 0 { continue }
            plain.add(first)
            delivered.add(second)
        }
        report.note(
            "\(recording.name), \(recording.count) messages of depth, bookTicker and trades in one "
                + "thread: WebSocket frames, JSON, book, window of depth 50, publication. Medians "
                + "of \(rounds) rounds. Throughput: one turn per 64 KiB read. Latency: one turn "
                + "per message, the two clock readings (some 50 ns) included.\n")
        report.table(
            [
                "", "messages/s", "ns/message", "allocations/message", "p50 µs", "p99 µs",
                "p99.9 µs",
            ],
            [
                row("nobody subscribed", plain), row("one protobuf subscriber a topic", delivered),
            ])
    }

    private func row(_ name: String, _ figures: Figures) -> [String] {
        let time = median(figures.messageTimes)
        return [
            name, (1e9 / time).fixed(0), time.fixed(0), median(figures.allocations).fixed(3),
        ]
            + (0..<3).map { rank in
                (median(figures.percentiles.map { $0[rank] }) / 1000).fixed(2)
            }
    }

    private func measure(
        _ recording: BinanceRecording, isSubscribed: Bool, into figures: inout Figures
    ) {
        do {
            let (pipeline, session) = prepared(recording, isSubscribed)
            let before = allocation_count()
            let start = Clock.now()
            var offset = recording.range(recording.framesBeforeSnapshot).lowerBound
            while offset < recording.bytes.count {
                let end = min(offset + Self.readBytes, recording.bytes.count)
                pipeline.read(recording.bytes.span.bytes.extracting(offset..<end))
                pipeline.endTurn()
                offset = end
            }
            let elapsed = Double((Clock.now() - start).wholeNanoseconds)
            let count = Double(recording.count - recording.framesBeforeSnapshot)
            figures.messageTimes.append(elapsed / count)
            figures.allocations.append(Double(allocation_count() - before) / count)
            pipeline.expectEnd(of: recording)
            session?.end()
        }
        let (pipeline, session) = prepared(recording, isSubscribed)
        var times: [UInt32] = []
        times.reserveCapacity(recording.count)
        for frame in recording.framesBeforeSnapshot..<recording.count {
            let start = Clock.now()
            pipeline.read(recording.bytes.span.bytes.extracting(recording.range(frame)))
            pipeline.endTurn()
            times.append(UInt32(clamping: Clock.now().nanoseconds - start.nanoseconds))
        }
        times.sort()
        figures.percentiles.append([0.5, 0.99, 0.999].map { percentile($0, ofSorted: times) })
        pipeline.expectEnd(of: recording)
        session?.end()
    }

    private func prepared(
        _ recording: BinanceRecording, _ isSubscribed: Bool
    ) -> (IngestPipeline, Listener?) {
        let pipeline = IngestPipeline()
        pipeline.begin(recording)
        return (pipeline, isSubscribed ? Listener(to: Self.kinds, of: pipeline) : nil)
    }
}

extension IngestBenchmark.Figures {
    fileprivate mutating func add(_ other: Self) {
        messageTimes += other.messageTimes
        percentiles += other.percentiles
        allocations += other.allocations
    }
}
