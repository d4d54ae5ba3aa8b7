import Foundation
import Testing

@testable import Simulator

@Suite struct RecordingLoaderTests {
    /// `shared/recordings` beside the repository; tests that need it skip where it is absent.
    static let recordings = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/recordings")
    static let hasRecordings = FileManager.default.fileExists(atPath: recordings.path)

    static func path(_ name: String) -> String { recordings.appending(path: name).path }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "recording-\(UUID().uuidString).txt")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }

    private static let good = """
        {"t":1,"kind":"ws","stream":"wss://stream.binance.com:9443/stream",\
        "dir":"in","data":"{\\"stream\\":\\"a@trade\\",\\"data\\":{}}"}
        """

    @Test(arguments: [
        ("\(good)\nnonsense\n", "line 2: not a JSON object"),
        ("{\"t\":1}\n", "line 1: \"stream\" must be a string"),
        (good.replacing("\"ws\"", with: "\"smoke\""), "line 1: \"kind\" must be"),
        (good.replacing("\"t\":1", with: "\"t\":\"x\""), "line 1: \"t\" must be"),
        (
            "\(good)\n\(good.replacing("data\\\":{}}", with: "data\\\":"))",
            "line 2: \"data\" is not"
        ),
        (
            good.replacing("binance.com", with: "example.org"),
            "line 1: host 'stream.example.org:9443'"
        ),
        (
            "\(good)\n\(good.replacing("binance.com", with: "binance.us"))",
            "line 2: a line of binance_us"
        ),
        ("", "holds no message"),
    ])
    func `a malformed file is named with its line`(text: String, message: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: RecordingError.self) {
                _ = try RecordingLoader.load([path])
            }
            #expect(error?.description.contains(message) == true)
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test func `a file that is not there is an error`() {
        #expect(throws: RecordingError.self) { _ = try RecordingLoader.load(["/nowhere/at.all"]) }
        #expect(throws: RecordingError.self) { _ = try RecordingLoader.load(["/tmp"]) }
    }

    @Test(.enabled(if: hasRecordings, "recordings are absent"))
    func `venues come from the content, and files of one venue make one tape`() throws {
        let tapes = try RecordingLoader.load([
            Self.path("binance/multi4_20211012.jsonl.gz"),
            Self.path("binance_us/multi10_20210405.jsonl.gz"),
            Self.path("binance/rest_exchangeInfo_20211012.jsonl.gz"),
        ])
        let binance = try #require(tapes[.binance])
        #expect(binance.window.endPosition == 265)
        #expect(binance.catalog.symbols.sorted() == ["BLZETH", "LRCBTC", "NKNUSDT", "RUNEEUR"])
        #expect(binance.exchangeInfo?.count ?? 0 > 1_000_000)
        #expect(tapes[.binanceUS]?.window.endPosition == 6008)
    }

    @Test(.enabled(if: hasRecordings, "recordings are absent"))
    func `every recorded diff is contiguous, one run and one snapshot a symbol`() throws {
        let tapes = try RecordingLoader.load([Self.path("binance/multi3_20210404.jsonl.gz")])
        let tape = try #require(tapes[.binance])
        for runs in tape.runs {
            #expect(runs.count == 1)
            #expect(runs.first?.snapshots.count == 1)
        }
        for symbol in tape.catalog.symbols.indices {
            let end = tape.window.endPosition
            for position in stride(from: 0, through: end, by: end / 7) {
                let book = tape.book(symbol: symbol, at: position)
                let (bid, ask) = (try #require(book.bestBid), try #require(book.bestAsk))
                #expect(bid.price < ask.price)
            }
        }
    }
}
