import Base
import Core
import Schema

/// Bytes of one update on the wire, beside those of the whole state.
struct SizeBenchmark {
    let recording: BinanceRecording?

    func run(into report: inout Report) {
        report.title("Bytes per update")
        guard let recording else {
            return report.note("skipped: no shared/recordings beside the repository")
        }
        report.note(
            "\(recording.name), one loop turn per message; averages over all updates, and in "
                + "percent of the JSON snapshot.\n")
        report.table(
            [
                "", "updates", "JSON snapshot", "JSON delta", "MessagePack delta",
                "protobuf delta", "MessagePack snapshot", "protobuf snapshot",
            ],
            [
                row("book, depth 50", "book", recording), row("tick", "tick", recording),
                row("trade", "trade", recording),
            ])
    }

    private func row(_ name: String, _ kind: String, _ recording: BinanceRecording) -> [String] {
        let pipeline = IngestPipeline()
        pipeline.begin(recording)
        let listeners = [Codec.json, .messagePack, .protobuf].map {
            Listener(to: [kind], of: pipeline, codec: $0)
        }
        var snapshots = [0, 0, 0]
        if let topic = pipeline.topic(kind) as? StateTopic {
            let scratch = OutputBuffer()
            listeners[0].sink.onOffer = {
                let snapshot = topic.snapshot()
                for (place, codec) in [Codec.json, .messagePack, .protobuf].enumerated() {
                    snapshot.encode(codec, into: scratch)
                    snapshots[place] += scratch.count
                    scratch.removeAll()
                }
            }
        }
        for frame in recording.framesBeforeSnapshot..<recording.count {
            pipeline.read(recording.bytes.span.bytes.extracting(recording.range(frame)))
            pipeline.endTurn()
        }
        pipeline.expectEnd(of: recording)
        let updates = listeners[0].sink.frames
        let reference = snapshots[0] > 0 ? snapshots[0] : listeners[0].sink.messageBytes
        func cell(_ bytes: Int) -> String {
            if bytes == 0 { return "–" }
            let average = Double(bytes) / Double(updates)
            return "\(average.fixed(1)) (\((100 * Double(bytes) / Double(reference)).fixed(1)) %)"
        }
        for listener in listeners { listener.end() }
        return [name, Double(updates).fixed(0), cell(snapshots[0])]
            + listeners.map { cell($0.sink.messageBytes) }
            + snapshots.dropFirst().map { cell($0) }
    }
}
