import Base
import Core
import GRPC
import Runtime
import Schema
import Streams

/// What gzip does to frames of books, and from how many subscribers on it pays: the figures behind
/// `CompressionCost`.
struct GzipBenchmark {
    let recording: BinanceRecording?
    let rounds: Int

    /// Snapshots and deltas of one book in one codec, each a frame with its prefix.
    private struct Samples {
        let name: String
        var frames: [[UInt8]] = []
    }

    private static let kept = 64
    /// Messages of the venue between two samples, which a conflated delta spans.
    private static let stride = 512

    func run(into report: inout Report) {
        report.title("gzip of frames")
        guard let recording else {
            return report.note("skipped: no shared/recordings beside the repository")
        }
        report.note(
            "Books of \(recording.name), frames of one subscriber, level 1, one message after the "
                + "other through one zlib state; conflated deltas span \(Self.stride) messages of "
                + "the venue. Medians of \(rounds) rounds. Pays from: subscribers for whom the "
                + "saved bytes, at 8 ns each, outweigh the time.\n")
        let gzip = Gzip()
        report.table(
            ["", "bytes", "gzip", "saved", "ns", "ns/byte", "pays from"],
            samples(of: recording).map { row($0, gzip) })
    }

    private func row(_ samples: Samples, _ gzip: Gzip) -> [String] {
        let output = OutputBuffer()
        var timer = InterleavedTimer()
        var next = 0
        _ = timer.add {
            next = (next + 1) % samples.frames.count
            output.removeAll()
            samples.frames[next].withRawSpan { gzip.compress($0, into: output) }
            return output.count
        }
        let calls = 8 * samples.frames.count
        let (time, packed) = timer.run(rounds: rounds, callsPerRound: calls)[0]
        let bytes = samples.frames.reduce(0) { $0 + $1.count } / samples.frames.count
        let saved = bytes - packed
        return [
            samples.name, "\(bytes)", "\(packed)",
            "\((100 * Double(saved) / Double(bytes)).fixed(0)) %", time.fixed(0),
            (time / Double(bytes)).fixed(1),
            saved > 0 ? (time / (8 * Double(saved))).rounded(.up).fixed(0) : "never",
        ]
    }

    private func samples(of recording: BinanceRecording) -> [Samples] {
        let pipeline = IngestPipeline()
        let names = ["book:binance:BTC/USDT", "book:binance:BTC/USDT:500"]
        var all: [Samples] = []
        var takes: [() -> Void] = []
        var sessions: [Session] = []
        for (name, depth) in zip(names, [50, 500]) {
            guard let topic = try? pipeline.hub.topic(named: name) as? BookTopic else {
                preconditionFailure("\(name) is no book")
            }
            for codec in [Codec.protobuf, .messagePack] {
                let place = all.count
                all.append(Samples(name: "\(codec) snapshot, depth \(depth)"))
                all.append(Samples(name: "\(codec) delta, depth \(depth)"))
                all.append(Samples(name: "\(codec) conflated delta, depth \(depth)"))
                let sink = KeepingSink()
                let session = Session(codec: codec, sink: sink)
                _ = session.add(topic, resumeAt: nil)
                sessions.append(session)
                var base: Position?
                takes.append {
                    let output = OutputBuffer()
                    topic.snapshot().encodeFramed(codec, into: output)
                    all[place].frames.append(output.copyBytes())
                    if let latest = sink.latest { all[place + 1].frames.append(latest) }
                    let slow = KeepingSink()
                    let resumed = Session(codec: codec, sink: slow)
                    _ = resumed.add(topic, resumeAt: base)
                    resumed.becameWritable()
                    if base != nil, let delta = slow.latest {
                        all[place + 2].frames.append(delta)
                    }
                    resumed.end()
                    base = topic.position
                }
            }
        }
        pipeline.begin(recording)
        for session in sessions { session.becameWritable() }
        for frame in recording.framesBeforeSnapshot..<recording.count {
            pipeline.read(recording.bytes.span.bytes.extracting(recording.range(frame)))
            pipeline.endTurn()
            let step = frame - recording.framesBeforeSnapshot
            if step % Self.stride == 0, all[0].frames.count <= Self.kept {
                for take in takes { take() }
            }
        }
        for session in sessions { session.end() }
        return all
    }
}

/// Takes everything and keeps the latest.
private final class KeepingSink: FrameSink {
    private(set) var latest: [UInt8]?

    func offer(_ frames: RawSpan) -> Bool {
        latest = frames.copyBytes()
        return true
    }

    func enqueue(_ frames: RawSpan) {}
}
