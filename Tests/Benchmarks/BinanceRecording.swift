import Base
import Foundation
import JSON
import Simulator
import WebSocket

/// A recorded session of one instrument, ready to be fed: each message as the WebSocket frame it
/// came in, and the answer to the depth request between them.
struct BinanceRecording {
    let name: String
    /// All frames, one after the other.
    private(set) var bytes: [UInt8] = []
    /// Where each frame ends in `bytes`.
    private(set) var ends: [Int] = []
    private(set) var snapshot: [UInt8] = []
    /// Frames that came before the snapshot was answered.
    private(set) var framesBeforeSnapshot = 0
    /// The `u` of the last depth message.
    private(set) var lastUpdateID: UInt64 = 0

    var count: Int { ends.count }

    func range(_ frame: Int) -> Range<Int> { (frame == 0 ? 0 : ends[frame - 1])..<ends[frame] }

    /// The recording of this name in `shared/` beside the repository; nil where there is none.
    static func load(_ name: String) -> BinanceRecording? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.path + "/shared/recordings/binance/\(name).jsonl.gz"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try BinanceRecording(name: name, path: path)
        } catch {
            preconditionFailure("\(path): \(error)")
        }
    }

    private init(name: String, path: String) throws {
        self.name = name
        let reader = try LineReader(path: path)
        let lines = JSONParser()
        let messages = JSONParser()
        let frame = OutputBuffer()
        while let data = try reader.next({ line throws(RecordingError) in
            Self.content(of: line, lines)
        }) {
            if !data.isWebSocket {
                snapshot = data.text
                framesBeforeSnapshot = ends.count
                continue
            }
            data.text.withRawSpan { WebSocketFrame.appendText($0, to: frame) }
            bytes += frame.copyBytes()
            frame.removeAll()
            ends.append(bytes.count)
            let message = try messages.parse(data.text)
            if let event = message["data"], event["e"]?.equals("depthUpdate") == true {
                lastUpdateID = event["u"]?.uint64 ?? 0
            }
        }
        precondition(!snapshot.isEmpty && lastUpdateID > 0, "\(path) has no book")
    }

    private static func content(
        of line: RawSpan, _ parser: JSONParser
    ) -> (isWebSocket: Bool, text: [UInt8]) {
        guard let line = try? parser.parse(line), let kind = line["kind"],
            let data = line["data"]?.withBytes({ $0.copyBytes() })
        else { preconditionFailure("a line that is not of a recording") }
        return (kind.equals("ws"), data)
    }
}
