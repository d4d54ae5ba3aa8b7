import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Which frames are compressed, for whom, and how often.
@Suite struct CompressionTests {
    /// Halves every message, and says so in its prefix.
    private final class Halver: FrameCompressor {
        var count = 0

        func compress(_ frames: RawSpan, into output: OutputBuffer) {
            count += 1
            let bytes = frames.copyBytes()
            let size = (bytes.count - 5) / 2
            output.append([1, 0, 0, UInt8(size >> 8), UInt8(size & 255)])
            output.append(Array(bytes[5..<5 + size]))
        }
    }

    /// The sizes of what came, and how much of it was compressed.
    private final class ScaleSink: FrameSink {
        var sizes: [Int] = []
        var compressed = 0

        func offer(_ frames: RawSpan) -> Bool {
            sizes.append(frames.byteCount)
            if frames.byte(0) == 1 { compressed += 1 }
            return true
        }

        func enqueue(_ frames: RawSpan) {}
    }

    private let fixture: HubFixture
    private let halver = Halver()
    private let topic: EventTopic

    init() {
        let fixture = HubFixture()
        fixture.hub.compress(with: halver)
        topic = fixture.hub.addEventTopic(named: "bench:0")
        fixture.turn.end()
        self.fixture = fixture
    }

    private func crowd(_ count: Int, takesGzip: Bool) -> [(session: Session, sink: ScaleSink)] {
        (0..<count).map { _ in
            let sink = ScaleSink()
            let session = Session(codec: .protobuf, sink: sink, takesGzip: takesGzip)
            _ = session.add(topic, resumeAt: nil)
            session.becameWritable()
            return (session, sink)
        }
    }

    private func publish(bytes: Int) {
        topic.append([UInt8](repeating: 7, count: bytes))
        fixture.turn.end()
    }

    @Test func `a frame is compressed once for all who take it, and never for the others`() {
        let (takers, others) = (crowd(100, takesGzip: true), crowd(100, takesGzip: false))
        for _ in 0..<10 { publish(bytes: 2000) }
        #expect(halver.count == 10)
        for (_, sink) in takers { #expect(sink.compressed == 10 && sink.sizes.max()! < 1100) }
        for (_, sink) in others { #expect(sink.compressed == 0 && sink.sizes.min()! > 2000) }
        let metrics = fixture.hub.metrics
        let saved = others[0].sink.sizes.reduce(0, +) - takers[0].sink.sizes.reduce(0, +)
        #expect(metrics.savedByGzip.value == UInt64(100 * saved))
        #expect(metrics.compression.compressed.value == 10)
        for (session, _) in takers + others { session.end() }
    }

    @Test func `small frames, and frames for few, are sent as they are`() {
        let many = crowd(100, takesGzip: true)
        publish(bytes: 60)
        #expect(halver.count == 0)
        for (session, _) in many { session.end() }
        let one = crowd(1, takesGzip: true)
        publish(bytes: 2000)
        #expect(halver.count == 0 && one[0].sink.compressed == 0)
        one[0].session.end()
    }

    @Test func `nobody is sent compressed frames where no time is allowed for it`() {
        var limits = HubLimits()
        limits.gzipPercentMax = 0
        let fixture = HubFixture(limits: limits)
        fixture.hub.compress(with: halver)
        #expect(!fixture.hub.compresses)
    }

    @Test func `a crowd that catches up at one place is sent compressed bytes once that paid`()
        throws
    {
        let book = try fixture.book()
        try fill(book)
        let sinks = (0..<400).map { _ in ScaleSink() }
        let sessions = sinks.map { sink in
            let session = Session(codec: .protobuf, sink: sink, takesGzip: true)
            _ = session.add(book, resumeAt: nil)
            session.becameWritable()
            return session
        }
        let first = try #require(sinks.firstIndex { $0.compressed > 0 })
        #expect(first > 0 && first < 100 && halver.count == 1)
        #expect(sinks[first...].allSatisfy { $0.compressed == 1 })
        for session in sessions { session.end() }
    }

    private func fill(_ topic: BookTopic) throws {
        var levels = OrderBook()
        for step in 1...50 {
            try levels.set(.bid, price: decimal("\(100 - step)"), quantity: decimal("2.5"))
            try levels.set(.ask, price: decimal("\(100 + step)"), quantity: decimal("1.5"))
        }
        topic.apply(levels, 1)
        fixture.turn.end()
    }

    // MARK: The rule

    @Test func `it is worth it from as many rows on as pay for it`() {
        // 2,000 bytes cost 52 us; half of them saved are worth 8 us a row.
        var worth = CompressionWorth()
        worth.learn(bytes: 2000, packed: 1000)
        #expect(worth.decide(bytes: 2000, messages: 1, rows: 6) == false)
        #expect(worth.decide(bytes: 2000, messages: 1, rows: 7) == true)
    }

    @Test func `what did not shrink lately is tried again now and then`() {
        var worth = CompressionWorth()
        #expect(worth.decide(bytes: 2000, messages: 1, rows: 100) == true)
        worth.learn(bytes: 2000, packed: 2000)
        let tries = (1...640).filter { _ in worth.decide(bytes: 2000, messages: 1, rows: 100) }
        #expect(tries.count == 10)
        worth.learn(bytes: 2000, packed: 200)
        #expect(worth.decide(bytes: 2000, messages: 1, rows: 100) == true)
    }

    @Test func `what could not pay at the best is not even tried`() {
        var worth = CompressionWorth()
        for _ in 0..<200 { #expect(worth.decide(bytes: 2000, messages: 1, rows: 4) == false) }
        #expect(worth.decide(bytes: 159, messages: 1, rows: 100_000) == false)
        #expect(worth.decide(bytes: 2000, messages: 20, rows: 100_000) == false)
        #expect(worth.decide(bytes: 160, messages: 1, rows: 100_000) == true)
    }

    @Test func `a budget of a twentieth lets a twentieth of the time pass, and no more`() {
        let start = Instant(nanoseconds: 1_000_000_000)
        var budget = CompressionBudget(percent: 5, at: start)
        #expect(budget.take(50_000_001, at: start) == false)
        #expect(budget.take(50_000_000, at: start) && !budget.take(1, at: start))
        let later = start + .milliseconds(10)
        #expect(!budget.take(500_001, at: later) && budget.take(500_000, at: later))
        let muchLater = start + .seconds(100)
        #expect(budget.take(50_000_000, at: muchLater) && !budget.take(1, at: muchLater))
    }

    @Test func `beyond the budget frames are sent as they are, and counted`() {
        var limits = HubLimits()
        limits.gzipPercentMax = 1
        let fixture = HubFixture(limits: limits)
        fixture.hub.compress(with: halver)
        let topic = fixture.hub.addEventTopic(named: "bench:0")
        fixture.turn.end()
        let crowd = (0..<100).map { _ in
            let sink = ScaleSink()
            let session = Session(codec: .protobuf, sink: sink, takesGzip: true)
            _ = session.add(topic, resumeAt: nil)
            session.becameWritable()
            return (session, sink)
        }
        // 10 ms at once: frames of 2,000 bytes and their heads cost some 53 us.
        for _ in 0..<300 {
            topic.append([UInt8](repeating: 7, count: 2000))
            fixture.turn.end()
        }
        let over = fixture.hub.metrics.compression.overBudget.value
        #expect(halver.count > 180 && halver.count < 195)
        #expect(over == UInt64(300 - halver.count))
        #expect(crowd[0].1.sizes.count == 300)
        for (session, _) in crowd { session.end() }
    }
}
