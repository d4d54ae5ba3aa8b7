import Base
import JSON
import Testing

@testable import Simulator

/// Small tapes written by hand.
enum TapeMaker {
    static let depthStream = "abcusd@depth@100ms"

    static func line(
        _ seconds: Double, _ data: String, kind: RecordingLine.Kind = .webSocket,
        url: String = "wss://stream.binance.com:9443/stream"
    ) -> RecordingLine {
        RecordingLine(
            time: 1_000_000_000_000 + Int64(seconds * 1e9), kind: kind, url: url, isIncoming: true,
            data: Array(data.utf8))
    }

    static func diff(_ seconds: Double, _ first: Int, _ last: Int, bid: String) -> RecordingLine {
        line(
            seconds,
            """
            {"stream":"\(depthStream)","data":{"e":"depthUpdate","E":1,"s":"ABCUSD",\
            "U":\(first),"u":\(last),"b":[["\(bid)","1.00"]],"a":[]}}
            """)
    }

    static func snapshot(_ seconds: Double, _ last: Int, bid: String) -> RecordingLine {
        line(
            seconds, "{\"lastUpdateId\":\(last),\"bids\":[[\"\(bid)\",\"2.00\"]],\"asks\":[]}",
            kind: .http, url: "https://api.binance.com/api/v3/depth?symbol=ABCUSD&limit=1000")
    }

    static func trade(_ seconds: Double, _ id: Int, price: String = "10.00") -> RecordingLine {
        line(
            seconds,
            """
            {"stream":"abcusd@trade","data":{"e":"trade","E":1,"s":"ABCUSD","t":\(id),\
            "p":"\(price)","q":"2.00","T":\(1000 + id),"m":false,"M":true}}
            """)
    }

    static func tape(_ files: [[RecordingLine]]) throws -> RecordedTape {
        var builder = TapeBuilder()
        for file in files {
            builder.beginFile()
            for line in file { try builder.add(line) }
        }
        return builder.tape()
    }

    static func reader(_ tape: RecordedTape, _ faults: [Fault] = []) -> TapeReader {
        TapeReader(
            streams: tape.catalog.streams.count, isCombined: true,
            faults: FaultMachine(faults: faults, seed: 1, connection: 1), output: OutputBuffer())
    }
}

extension Instant {
    static func seconds(_ seconds: Double) -> Instant {
        Instant(nanoseconds: 50_000_000_000 + Int64(seconds * 1e9))
    }
}
