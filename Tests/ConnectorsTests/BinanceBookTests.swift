import Base
import JSON
import Market
import Testing

@testable import Connectors

@Suite struct BinanceBookTests {
    /// A live book at 100, bids 10x1, asks 11x2.
    private func liveBook() -> BinanceRig {
        let rig = BinanceRig.live("BTC/USDT", "ETH/USDT")
        for request in rig.takeRequests() { rig.respond(request.number, Frames.book) }
        _ = rig.drain()
        return rig
    }

    @Test func `a confirmed book asks for its snapshot and is live with it`() {
        let rig = BinanceRig.live("BTC/USDT")
        let requests = rig.takeRequests()
        #expect(requests.map(\.path) == ["/api/v3/depth?symbol=BTCUSDT&limit=5000"])
        #expect(rig.status(.book) == .resyncing)
        _ = rig.drain()
        rig.respond(requests[0].number, Frames.book)
        #expect(
            rig.drain() == [
                .book(0, venueSequence: 100, eventTime: .unknown),
                .status(0, .book, .live, .synchronized),
            ])
    }

    @Test func `diffs before the snapshot are buffered and replayed over it`() {
        let rig = BinanceRig.live("BTC/USDT")
        let request = rig.takeRequests()[0]
        _ = rig.drain()
        rig.receive(Frames.depth(98, 99, bids: Frames.level("9.0", "7")))
        rig.receive(Frames.depth(100, 103, bids: Frames.level("10.0", "0.00000000")))
        #expect(rig.drain().isEmpty)
        rig.respond(
            request.number,
            Frames.snapshot(
                101, bids: Frames.level("10.0", "1") + "," + Frames.level("9.5", "1"),
                asks: Frames.level("11.0", "2")))
        #expect(rig.drain().first == .book(0, venueSequence: 103, eventTime: .unknown))
        #expect(rig.bids() == ["9.5x1"])
    }

    @Test func `each diff in order moves the book to its u`() {
        let rig = liveBook()
        rig.receive(Frames.depth(101, 104, bids: Frames.level("10.5", "3")))
        let time = Timestamp(milliseconds: 1_723_161_255_208)
        #expect(rig.drain() == [.book(0, venueSequence: 104, eventTime: time)])
        #expect(rig.bids() == ["10.5x3", "10x1"])
        rig.receive(Frames.depth(99, 100, bids: Frames.level("10.5", "0")))
        #expect(rig.drain().isEmpty)
    }

    @Test func `a lost diff resyncs its book alone`() {
        let rig = liveBook()
        rig.advance(.seconds(1))
        rig.receive(Frames.depth(105, 106))
        let actions = rig.drain()
        #expect(actions.first == .status(0, .book, .resyncing, .gap))
        #expect(actions.count == 2)
        #expect(rig.status(.book, of: 1) == .live)
        guard case .get(let number, _)? = actions.last else {
            Issue.record("no snapshot was asked for")
            return
        }
        rig.respond(number, Frames.snapshot(105, bids: Frames.level("8", "1"), asks: ""))
        #expect(rig.drain().first == .book(0, venueSequence: 106, eventTime: .unknown))
        #expect(rig.bids() == ["8x1"])
    }

    @Test func `a crossed book is never shown`() {
        let rig = liveBook()
        rig.receive(Frames.depth(101, 101, bids: Frames.level("12", "1")))
        let actions = rig.drain()
        #expect(actions.first == .status(0, .book, .resyncing, .crossed))
        #expect(!actions.contains { if case .book = $0 { true } else { false } })
    }

    @Test(arguments: [
        Frames.depth(101, 101, bids: Frames.level("x", "1")),
        Frames.depth(101, 101, bids: #"["10.0"]"#), Frames.depth(101, 101, asks: "5"),
        Frames.depth(101, 101, asks: "[11.0,1]"),
        Frames.depth(101, 101).replacing("\"U\":101", with: "\"U\":\"101\""),
        Frames.depth(101, 101).replacing("\"a\":[]", with: "\"a\":{}"),
        Frames.depth(101, 101).replacing("\"b\":[],", with: ""),
        Frames.depth(101, 101).replacing("\"BTCUSDT\"", with: "\"ETHUSDT\""),
    ])
    func `a depth message that cannot be read resyncs its book alone`(text: String) throws {
        let rig = liveBook()
        #expect(rig.receive(text) != nil)
        #expect(rig.status(.book) == .resyncing && rig.status(.book, of: 1) == .live)
        rig.pass(.seconds(1))
        let later = Frames.snapshot(102, bids: Frames.level("9", "1"), asks: "")
        for request in rig.takeRequests() { rig.respond(request.number, later) }
        try #require(rig.status(.book) == .live)
        #expect(rig.bids() == ["9x1"])
    }

    @Test func `a snapshot older than the buffer is asked for again, not before its time`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.depth(200, 201))
        var asked: [Duration] = []
        let began = rig.now
        for _ in 0..<200 {
            for request in rig.takeRequests() {
                asked.append(rig.now - began)
                rig.respond(request.number, Frames.book)
            }
            rig.advance(.milliseconds(50))
        }
        #expect(rig.status(.book) == .resyncing)
        let waits = zip(asked, asked.dropFirst()).map { $1 - $0 }
        let doubling: [Duration] = [200, 400, 800, 1600].map { .milliseconds($0) }
        #expect(Array(waits.prefix(4)) == doubling)
        #expect(waits.dropFirst(4).allSatisfy { $0 == .seconds(2) })
        rig.pass(.seconds(2))
        rig.respond(rig.takeRequests()[0].number, Frames.snapshot(200, bids: "", asks: ""))
        #expect(rig.status(.book) == .live)
    }

    @Test func `failed, refused and unreadable snapshots are asked for again`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.machine.requestFailed(rig.takeRequests()[0].number, at: rig.now, into: &rig.actions)
        rig.pass(.seconds(1))
        #expect(
            rig.respond(rig.takeRequests()[0].number, "{", status: 200)
                == .malformed(.malformed(code: 3)))
        rig.pass(.seconds(1))
        #expect(
            rig.respond(rig.takeRequests()[0].number, "", status: 503)
                == .requestRefused(status: 503))
        rig.pass(.seconds(2))
        #expect(rig.respond(rig.takeRequests()[0].number, "{}") == .badField(.lastUpdateID))
        rig.pass(.seconds(2))
        rig.respond(rig.takeRequests()[0].number, Frames.book)
        #expect(rig.status(.book) == .live)
    }

    @Test(arguments: [429, 418])
    func `a refusal for too many requests silences the whole venue until its deadline`(status: Int)
    {
        let rig = BinanceRig.live("BTC/USDT", "ETH/USDT")
        let requests = rig.takeRequests()
        rig.respond(requests[0].number, "{}", status: status, retryAfter: .seconds(30))
        rig.machine.requestFailed(requests[1].number, at: rig.now, into: &rig.actions)
        rig.pass(.seconds(29.9))
        #expect(rig.takeRequests().isEmpty)
        rig.pass(.seconds(0.2))
        #expect(rig.takeRequests().count == 2)
        #expect(rig.machine.counts.requestsLimited == 1)
    }

    @Test func `many books start within the budget, all of them in the end`() {
        let rig = BinanceRig()
        for number in 0..<160 { rig.demand("A\(number)/USDT") }
        rig.open()
        var weights: [(Instant, Int)] = []
        for _ in 0..<6000 {
            rig.confirmAll()
            rig.machine.heard(on: 0, at: rig.now)
            for request in rig.takeRequests() {
                let weight =
                    request.path.hasSuffix("5000") ? 250 : request.path.hasSuffix("1000") ? 50 : 25
                weights.append((rig.now, weight))
                rig.respond(request.number, Frames.book)
            }
            rig.advance(.milliseconds(50))
        }
        for (time, _) in weights {
            let minute = weights.filter { $0.0 <= time && time - $0.0 < .seconds(60) }
            #expect(minute.map(\.1).reduce(0, +) <= 4800)
        }
        #expect((0..<160).allSatisfy { rig.status(.book, of: $0) == .live })
    }

    @Test func `an answer to a question of the previous connection is not used`() {
        let rig = BinanceRig.live("BTC/USDT")
        let old = rig.takeRequests()[0]
        rig.close()
        rig.pass(.seconds(1))
        rig.open()
        rig.confirmAll()
        _ = rig.drain()
        rig.respond(old.number, Frames.book)
        #expect(rig.drain().isEmpty)
        #expect(rig.status(.book) == .resyncing)
    }

    @Test func `a book whose market moved out of a cut snapshot is rebuilt before it shows a hole`()
    {
        let rig = BinanceRig.live("BTC/USDT")
        let request = rig.takeRequests()[0]
        let bids = (0..<5000).map { Frames.level("\(10_000 - $0)", "1") }.joined(separator: ",")
        rig.respond(
            request.number, Frames.snapshot(100, bids: bids, asks: Frames.level("20000", "1")))
        // The best bids go away one by one: 4,000 may, until fewer than 1,000 known ones are left.
        var gone = 0
        while rig.status(.book) == .live, gone < 4500 {
            let level = Frames.level("\(10_000 - gone)", "0")
            rig.receive(Frames.depth(101 + gone, 101 + gone, bids: level))
            gone += 1
        }
        #expect(gone > 4000 && gone <= 4016)
        #expect(rig.actions.contains(.status(0, .book, .resyncing, .shallow)))
        rig.pass(.seconds(1))
        #expect(!rig.takeRequests().isEmpty)
    }

    @Test func `a snapshot that held everything is never outgrown`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.respond(rig.takeRequests()[0].number, Frames.book)
        for step in 101..<300 {
            rig.receive(Frames.depth(step, step, bids: Frames.level("10.0", "\(step % 2)")))
        }
        #expect(rig.status(.book) == .live && rig.machine.counts.resyncs == 0)
    }

    @Test func `a venue that came back with lower ids has its books live within five seconds`() {
        let rig = liveBook()
        for id in 101..<130 {
            // Troubles before: the interval between snapshots is at its longest.
            rig.receive(Frames.depth(id * 3, id * 3))
            rig.pass(.seconds(2))
            for request in rig.takeRequests() {
                rig.respond(
                    request.number,
                    Frames.snapshot(
                        id * 3, bids: Frames.level("10", "1"), asks: Frames.level("11", "1")))
            }
        }
        rig.close()
        rig.advance(.seconds(1))
        rig.open()
        rig.confirmAll()
        let opened = rig.now
        while rig.status(.book) != .live, rig.now - opened < .seconds(60) {
            for request in rig.takeRequests() where request.path.contains("depth") {
                rig.respond(request.number, Frames.book)
            }
            rig.advance(.milliseconds(50))
        }
        #expect(rig.now - opened < .seconds(5))
    }
}
