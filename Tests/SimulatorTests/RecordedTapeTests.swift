import Base
import Testing

@testable import Simulator

@Suite struct RecordedTapeTests {
    private func lastID(_ tape: RecordedTape, at position: Int) -> UInt64 {
        tape.book(symbol: 0, at: position).lastUpdateID
    }

    @Test func `before the recorded snapshot a request gets that snapshot`() throws {
        let tape = try TapeMaker.tape([
            [
                TapeMaker.diff(0, 1, 3, bid: "9.00"), TapeMaker.diff(1, 4, 6, bid: "9.10"),
                TapeMaker.snapshot(2, 5, bid: "8.00"), TapeMaker.diff(3, 7, 9, bid: "9.20"),
            ]
        ])
        #expect(tape.window.endPosition == 3)
        #expect(lastID(tape, at: 0) == 5)
        #expect(lastID(tape, at: 1) == 5)
        // At the snapshot's own place the diff before it that reaches beyond it is in the book.
        #expect(lastID(tape, at: 2) == 6)
        #expect(lastID(tape, at: 3) == 9)
        let book = tape.book(symbol: 0, at: 3).depthText(limit: 2)
        #expect(
            book
                == "{\"lastUpdateId\":9,\"bids\":[[\"9.20\",\"1.00\"],[\"9.10\",\"1.00\"]],"
                + "\"asks\":[]}"
        )
    }

    @Test func `a file that continues another continues its book`() throws {
        let tape = try TapeMaker.tape([
            [TapeMaker.snapshot(0, 3, bid: "8.00"), TapeMaker.diff(1, 4, 6, bid: "9.10")],
            [TapeMaker.diff(1.1, 7, 8, bid: "9.20")],
        ])
        #expect(tape.runs[0].count == 1)
        #expect(lastID(tape, at: 2) == 8)
        #expect(tape.book(symbol: 0, at: 2).bids.count == 3)
        #expect(tape.window[1].time - tape.window[0].time == 100_000_000)
    }

    @Test func `files of different days follow at once, each with its own book`() throws {
        let tape = try TapeMaker.tape([
            [TapeMaker.snapshot(0, 3, bid: "8.00"), TapeMaker.diff(1, 4, 6, bid: "9.10")],
            [
                TapeMaker.snapshot(90_000, 103, bid: "5.00"),
                TapeMaker.diff(90_001, 103, 105, bid: "5.10"),
            ],
        ])
        #expect(tape.runs[0].map(\.snapshots.count) == [1, 1])
        #expect(lastID(tape, at: 1) == 6)
        #expect(lastID(tape, at: 2) == 105)
        #expect(tape.book(symbol: 0, at: 2).bids.map(\.priceText) == ["5.00", "5.10"])
        #expect(tape.window[1].time - tape.window[0].time < 2_000_000_000)
    }

    @Test func `raw payloads find their stream`() throws {
        let raw = """
            {"u":5,"s":"ABCUSD","b":"1.0","B":"1","a":"2.0","A":"1"}
            """
        let tape = try TapeMaker.tape([
            [
                TapeMaker.line(0, raw, url: "wss://stream.binance.com:9443/ws"),
                TapeMaker.line(
                    1, "{\"lastUpdateId\":7,\"bids\":[],\"asks\":[]}",
                    url: "wss://stream.binance.com:9443/ws/abcusd@depth5"),
                TapeMaker.line(2, "{\"result\":null,\"id\":1}"),
            ]
        ])
        #expect(tape.catalog.streams.map(\.name) == ["abcusd@bookTicker", "abcusd@depth5"])
        let first = tape.window.withEnvelope(tape.window[0]) { $0.text() }
        #expect(first == "{\"stream\":\"abcusd@bookTicker\",\"data\":\(raw)}")
    }

    @Test func `an envelope in another order keeps its payload`() throws {
        let tape = try TapeMaker.tape([
            [
                TapeMaker.line(0, "{ \"data\" : {\"a\":[1,\"}\"]} , \"stream\" : \"abcusd@x\" }")
            ]
        ])
        #expect(tape.window.withPayload(tape.window[0]) { $0.text() } == "{\"a\":[1,\"}\"]}")
    }
}
