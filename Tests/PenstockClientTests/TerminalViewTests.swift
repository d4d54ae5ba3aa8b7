import Base
import Market
import PenstockClient
import Schema
import Testing

@Suite struct TerminalViewTests {
    private let start = Instant(nanoseconds: 100_000_000_000)

    private func render(
        _ topics: [WatchedTopic], width: Int = 72, height: Int = 24, now: Instant? = nil,
        isColoured: Bool = false
    ) -> [String] {
        var topics = topics
        return TerminalView.render(
            &topics, title: "127.0.0.1:7400", width: width, height: height, now: now ?? start,
            isColoured: isColoured)
    }

    private func makeWatchedBook() throws -> WatchedTopic {
        let state = try makeBook()
        var topic = WatchedTopic(state)
        topic.updated(state, by: bookUpdate(10), at: start)
        return topic
    }

    @Test func `a book shows price, spread, levels with bars, rate and age`() throws {
        let later = start + .milliseconds(40)
        let lines = render([try makeWatchedBook()], now: later)
        #expect(lines[0].contains("penstock  127.0.0.1:7400"))
        #expect(lines[2].hasPrefix("book:binance:BTC/USDT"))
        #expect(lines[2].hasSuffix("● live  1.0/s  40 ms ago"))
        #expect(lines[2].count == 72)
        #expect(lines[3] == "  bid 100  ask 100.01  spread 0.01")
        #expect(lines[4].contains(" 100.00 │ 100.01 "))
        #expect(lines[5].contains("2.500 ████"))
        #expect(lines.count == 6)
    }

    @Test(arguments: [0, 1, 10, 30, 80, 200])
    func `no line is wider than the window and no screen higher`(width: Int) throws {
        let topics = [WatchedTopic](repeating: try makeWatchedBook(), count: 7)
        for height in [0, 1, 2, 9, 24] {
            let lines = render(topics, width: width, height: height)
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { $0.count <= width })
        }
    }

    @Test func `what does not fit is said`() throws {
        let topics = [WatchedTopic](repeating: try makeWatchedBook(), count: 7)
        let lines = render(topics, height: 12)
        #expect(lines.last == "… 5 more: make the window taller")
    }

    @Test func `colours surround the text and do not change it`() throws {
        let plain = render([try makeWatchedBook()])
        let coloured = render([try makeWatchedBook()], isColoured: true)
        let stripped = coloured.map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") }
        #expect(coloured.joined().contains("\u{1b}[32m● live\u{1b}[0m"))
        for (left, right) in zip(plain, stripped) { #expect(right.hasPrefix(left)) }
    }

    @Test func `trades are shown newest first, with a gap below`() throws {
        var state = MergedState(topic: tradeTopic)
        state.accepted(accepted(tradeTopic, sequence: 40))
        var topic = WatchedTopic(state)
        for sequence in UInt64(41)...50 {
            let update = tradeUpdate(sequence)
            _ = try state.apply(update)
            topic.updated(state, by: update, at: start)
        }
        let gap = Update(
            epoch: 9, sequence: 51, payload: .gap(Gap(reason: .venueLoss, fromID: 5, toID: 7)))
        _ = try state.apply(gap)
        topic.updated(state, by: gap, at: start)
        let lines = render([topic])
        #expect(lines[3] == "  ▼ 61837.63  0.00001  #450")
        #expect(lines[7].hasSuffix("#446"))
        #expect(lines[8] == "  gap 5…7")
    }

    @Test func `a topic without data says so`() {
        let lines = render([WatchedTopic(MergedState(topic: tickTopic))])
        #expect(lines[2].hasSuffix("● stale  0.0/s  no data yet"))
        #expect(lines[3].contains("bid –  ask –"))
    }

    @Test func `the rate is that of the last five seconds`() throws {
        let state = try makeBook()
        var topic = WatchedTopic(state)
        for index in 0..<100 {
            topic.updated(state, by: bookUpdate(10), at: start + .milliseconds(100 * index))
        }
        let end = start + .milliseconds(9900)
        #expect(topic.rate(at: end) == 10)
        #expect(topic.rate(at: end + .seconds(2)) == 6)
        #expect(topic.rate(at: end + .seconds(60)) == 0)
        #expect(topic.age(at: end + .seconds(60)) == .seconds(60))
    }

    @Test func `a screen replaces the last one line by line`() {
        #expect(TerminalView.screen(["a", "b"]) == "\u{1b}[Ha\u{1b}[K\r\nb\u{1b}[K\u{1b}[J")
    }
}
