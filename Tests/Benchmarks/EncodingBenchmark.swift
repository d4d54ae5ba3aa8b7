import Base
import Schema

/// Nanoseconds to encode one message: from Penstock's mirrors, from protobuf-c's structs by the
/// same tables, and by protobuf-c and msgpack-c themselves.
struct EncodingBenchmark {
    let rounds: Int

    private static let callsPerRound = 200_000

    func run(into report: inout Report) {
        report.title("Encoding")
        report.note(
            "Nanoseconds per message, medians of \(rounds) rounds, all pieces in turns. The "
                + "libraries write the same bytes: protobuf_c_message_pack into ready memory "
                + "without asking for the size, msgpack-c by calls written out by hand for the "
                + "message, with decimals given as text.\n")
        var timer = InterleavedTimer()
        var lines: [(name: String, codec: Codec, mirror: Int, record: Int, library: Int?)] = []
        for (name, sample) in [
            ("10 fields", EncodingSamples.flat), ("tick", EncodingSamples.tick),
            ("book delta, 13 levels", EncodingSamples.bookDelta),
        ] {
            let reference = ReferenceEncoder(sample)
            for codec in Codec.allCases {
                let output = OutputBuffer()
                let mirror = timer.add {
                    output.removeAll()
                    sample.encode(codec, into: output)
                    return output.count
                }
                let message = UnsafeMutableRawPointer(reference.message)
                let record = timer.add {
                    output.removeAll()
                    Update.table.encode(message, codec, into: output)
                    return output.count
                }
                let library: Int? =
                    switch codec {
                    case .protobuf: timer.add { reference.packProtobuf() }
                    case .messagePack: timer.add { reference.packMessagePack() }
                    case .json: nil
                    }
                lines.append((name, codec, mirror, record, library))
            }
        }
        let deltas = addDeltas(to: &timer)
        let results = timer.run(rounds: rounds, callsPerRound: Self.callsPerRound)
        report.table(
            [
                "", "bytes", "mirror ns", "C struct ns", "C library ns", "mirror / library",
                "struct / library",
            ],
            lines.map { line in
                let mirror = results[line.mirror].nanoseconds
                let record = results[line.record].nanoseconds
                var row = ["\(line.name), \(line.codec)", "\(results[line.mirror].bytes)"]
                row += [mirror.fixed(1), record.fixed(1)]
                guard let library = line.library.map({ results[$0].nanoseconds }) else {
                    return row + ["–", "–", "–"]
                }
                return row + [library, mirror / library, record / library].map { $0.fixed(2) }
            })
        report.table(
            ["field delta of a tick", "bytes", "ns"],
            deltas.map { name, place in
                [name, "\(results[place].bytes)", results[place].nanoseconds.fixed(1)]
            })
    }

    private func addDeltas(to timer: inout InterleavedTimer) -> [(String, Int)] {
        let (old, new) = (EncodingSamples.oldTick, EncodingSamples.newTick)
        return Codec.allCases.flatMap { codec in
            let output = OutputBuffer()
            return [
                (
                    "whole tick, \(codec)",
                    timer.add {
                        output.removeAll()
                        new.encode(codec, into: output)
                        return output.count
                    }
                ),
                (
                    "compared with the old one, one field of four differs, \(codec)",
                    timer.add {
                        output.removeAll()
                        _ = new.encodeDelta(since: old, codec, into: output)
                        return output.count
                    }
                ),
                (
                    "compared with an equal one, \(codec)",
                    timer.add {
                        output.removeAll()
                        _ = new.encodeDelta(since: new, codec, into: output)
                        return output.count
                    }
                ),
            ]
        }
    }
}
