import Base
import Testing

@testable import Simulator

@Suite struct TapePlayerTests {
    private func makePlayer(
        _ speed: Speed, _ lines: [RecordingLine]? = nil
    ) throws -> (player: TapePlayer, tape: RecordedTape) {
        let tape = try TapeMaker.tape([
            lines ?? (0..<10).map { TapeMaker.trade(Double($0), $0 + 1) }
        ])
        return (TapePlayer(source: tape, speed: speed, startAfter: .seconds(1)), tape)
    }

    @Test func `the tape starts one second after the latest subscription to one of its streams`()
        throws
    {
        let (player, tape) = try makePlayer(.times(1))
        let reader = TapeMaker.reader(tape)
        player.add(reader)
        #expect(player.advance(now: .seconds(0)) == .idle)
        #expect(!player.subscribe(reader, to: ["abcusd@tarde"], now: .seconds(0)))
        #expect(player.advance(now: .seconds(5)) == .idle)
        #expect(player.subscribe(reader, to: ["abcusd@trade"], now: .seconds(5)))
        #expect(player.subscribe(reader, to: ["abcusd@ticker"], now: .seconds(5.5)))
        #expect(player.advance(now: .seconds(6.4)) == .at(.seconds(6.5)))
        #expect(player.position == 0)
        _ = player.advance(now: .seconds(6.5))
        #expect(player.position == 1)
        _ = player.advance(now: .seconds(8.5))
        #expect(player.position == 3)
    }

    @Test func `a timed tape runs on while nobody listens, at its factor`() throws {
        let (player, tape) = try makePlayer(.times(2))
        let reader = TapeMaker.reader(tape)
        player.add(reader)
        player.subscribe(reader, to: ["abcusd@trade"], now: .seconds(0))
        _ = player.advance(now: .seconds(1))
        player.remove(reader)
        #expect(player.advance(now: .seconds(2)) == .at(.seconds(2.5)))
        #expect(player.position == 3)
        #expect(player.advance(now: .seconds(60)) == .idle)
        #expect(player.isFinished)
        #expect(player.position == 10)
    }

    @Test func `at maximum the tape stands still while nobody listens`() throws {
        let (player, tape) = try makePlayer(.maximum)
        let first = TapeMaker.reader(tape)
        player.add(first)
        player.subscribe(first, to: ["abcusd@trade"], now: .seconds(0))
        player.remove(first)
        #expect(player.advance(now: .seconds(60)) == .idle)
        #expect(player.position == 0)
        let second = TapeMaker.reader(tape)
        player.add(second)
        #expect(player.advance(now: .seconds(61)) == .idle)
        player.subscribe(second, to: ["abcusd@trade"], now: .seconds(62))
        _ = player.advance(now: .seconds(62))
        #expect(player.isFinished)
        #expect(second.sentCount == 10)
    }

    @Test func `at maximum the slowest reader sets the pace`() throws {
        let lines = (0..<3000).map { TapeMaker.trade(Double($0), $0 + 1) }
        let (player, tape) = try makePlayer(.maximum, lines)
        let (fast, slow) = (TapeMaker.reader(tape), TapeMaker.reader(tape))
        for reader in [fast, slow] {
            player.add(reader)
            player.subscribe(reader, to: ["abcusd@trade"], now: .seconds(0))
        }
        #expect(player.advance(now: .seconds(2)) == .whenOutputLeaves)
        let position = player.position
        #expect(slow.output.count < TapeReader.budgetBytes + 1000)
        fast.output.removeAll()
        #expect(player.advance(now: .seconds(3)) == .whenOutputLeaves)
        #expect(player.position == position)
        slow.output.removeAll()
        _ = player.advance(now: .seconds(4))
        #expect(player.position > position)
    }

    @Test func `a connection gets only what it subscribed`() throws {
        let (player, tape) = try makePlayer(
            .times(1), [TapeMaker.trade(0, 1), TapeMaker.diff(0, 1, 2, bid: "1.00")])
        let reader = TapeMaker.reader(tape)
        player.add(reader)
        player.subscribe(reader, to: ["abcusd@depth"], now: .seconds(0))
        _ = player.advance(now: .seconds(9))
        let text = String(decoding: reader.output.copyBytes(), as: UTF8.self)
        #expect(text.contains("{\"stream\":\"abcusd@depth\",\"data\":{\"e\":\"depthUpdate\""))
        #expect(reader.sentCount == 1)
    }

    @Test func `tickers and klines are derived once a second of tape time`() throws {
        let (player, tape) = try makePlayer(.times(1))
        let reader = TapeMaker.reader(tape)
        player.add(reader)
        player.subscribe(
            reader, to: ["abcusd@ticker", "abcusd@miniTicker", "abcusd@kline_1m"], now: .seconds(0))
        _ = player.advance(now: .seconds(1.5))
        #expect(reader.sentCount == 0)
        _ = player.advance(now: .seconds(2.5))
        #expect(reader.sentCount == 3)
        _ = player.advance(now: .seconds(3.5))
        #expect(reader.sentCount == 6)
        let text = String(decoding: reader.output.copyBytes(), as: UTF8.self)
        #expect(text.contains("\"e\":\"24hrTicker\""))
        #expect(text.contains("\"c\":\"10.00\""))
        #expect(text.contains("\"e\":\"kline\""))
    }

    @Test func `a reorder loses nothing and a stall holds everything back for two seconds`() throws
    {
        let (player, tape) = try makePlayer(.times(1))
        let reordered = TapeMaker.reader(tape, [Fault(kind: .reorder, rate: 0.5)])
        let stalled = TapeMaker.reader(tape, [Fault(kind: .stall, rate: 1)])
        for reader in [reordered, stalled] {
            player.add(reader)
            player.subscribe(reader, to: ["abcusd@trade"], now: .seconds(0))
        }
        _ = player.advance(now: .seconds(1))
        #expect(stalled.sentCount == 1)
        _ = player.advance(now: .seconds(2.9))
        #expect(stalled.sentCount == 1)
        _ = player.advance(now: .seconds(3))
        #expect(stalled.sentCount == 2)
        _ = player.advance(now: .seconds(20))
        #expect(reordered.sentCount == 10)
        #expect(stalled.sentCount == 10)
    }

    @Test func `a disconnect ends the reader`() throws {
        let (player, tape) = try makePlayer(.times(1))
        let reader = TapeMaker.reader(tape, [Fault(kind: .disconnect, rate: 1)])
        player.add(reader)
        player.subscribe(reader, to: ["abcusd@trade"], now: .seconds(0))
        _ = player.advance(now: .seconds(3))
        #expect(reader.ending != nil)
        #expect(reader.output.isEmpty)
    }

    @Test func `at maximum a disconnect loses what is in flight, not the whole tape`() throws {
        let lines = (0..<9000).map { TapeMaker.trade(Double($0), $0 + 1) }
        let (player, tape) = try makePlayer(.maximum, lines)
        let broken = TapeMaker.reader(tape, [Fault(kind: .disconnect, rate: 1)])
        player.add(broken)
        player.subscribe(broken, to: ["abcusd@trade"], now: .seconds(0))
        #expect(player.advance(now: .seconds(2)) == .whenOutputLeaves)
        #expect(broken.ending != nil)
        player.remove(broken)
        let next = TapeMaker.reader(tape)
        player.add(next)
        player.subscribe(next, to: ["abcusd@trade"], now: .seconds(3))
        while !player.isFinished {
            _ = player.advance(now: .seconds(3))
            next.output.removeAll()
        }
        #expect((3000...7000).contains(next.sentCount))
    }
}
