import Base
import Market
import Testing

@testable import Connectors

@Suite struct BinanceConnectionTests {
    /// The texts sent, without the connection.
    private func texts(_ actions: [FeedAction]) -> [String] {
        actions.compactMap { action in
            if case .sendText(_, let bytes) = action {
                String(decoding: bytes, as: UTF8.self)
            } else {
                nil
            }
        }
    }

    @Test func `the first instrument opens a connection and subscribes its six streams`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        #expect(rig.drain() == [.openConnection(0)])
        rig.open()
        let names = ["bookTicker", "trade", "aggTrade", "depth@100ms", "ticker", "kline_1m"]
        let params = names.map { "\"btcusdt@\($0)\"" }.joined(separator: ",")
        let expected = "{\"method\":\"SUBSCRIBE\",\"params\":[\(params)],\"id\":1}"
        #expect(texts(rig.drain()) == [expected])
    }

    @Test func `a venue is idle, connecting, live, lost and live again`() {
        let rig = BinanceRig()
        #expect(rig.machine.connectivity == .idle)
        rig.demand("BTC/USDT")
        #expect(rig.machine.connectivity == .connecting)
        rig.open()
        #expect(rig.machine.connectivity == .live)
        rig.close()
        #expect(rig.machine.connectivity == .lost)
        rig.advance(.seconds(60))
        #expect(rig.machine.connectivity == .connecting)
        rig.open()
        #expect(rig.machine.connectivity == .live)
    }

    @Test func `a silent venue is not live`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.advance(rig.machine.limits.silenceMax)
        #expect(rig.machine.connectivity != .live)
    }

    @Test func `demanding an instrument twice gives the same handle and subscribes once`() {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.drain()
        #expect(rig.demand("BTC/USDT") == 0)
        #expect(rig.demand("ETH/USDT") == 1)
        #expect(texts(rig.drain()).count == 1)
    }

    @Test func `subscriptions name at most 100 streams and at most four go in a second`() {
        let rig = BinanceRig()
        for number in 0..<160 { rig.demand("A\(number)/USDT") }
        rig.open()
        var sent: [(Instant, Int)] = []
        for _ in 0..<100 {
            for text in texts(rig.drain()) {
                let params = text.count { $0 == "@" } - text.count(of: "depth@")
                #expect(params <= 100)
                sent.append((rig.now, params))
            }
            rig.advance(.milliseconds(50))
        }
        #expect(sent.map(\.1).reduce(0, +) == 160 * 6)
        for (time, _) in sent {
            #expect(sent.count { $0.0 <= time && time - $0.0 < .seconds(1) } <= 4)
        }
    }

    @Test func `a ping is answered with its payload even while subscriptions use up the second`() {
        let rig = BinanceRig()
        for number in 0..<160 { rig.demand("A\(number)/USDT") }
        rig.open()
        let ping = Array("1723161905".utf8)
        rig.actions = []
        rig.machine.receivedPing(ping.span.bytes, on: 0, at: rig.now, into: &rig.actions)
        #expect(rig.drain() == [.sendPong(0, ping)])
    }

    @Test func `a flood of pings is answered within the limit, the newest last`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.pass(.seconds(2))
        _ = rig.drain()
        for number in 0..<20 {
            let ping = [UInt8(number)]
            rig.machine.receivedPing(ping.span.bytes, on: 0, at: rig.now, into: &rig.actions)
        }
        let pongs = { rig.drain().filter { if case .sendPong = $0 { true } else { false } } }
        #expect(pongs().count == 5)
        rig.pass(.seconds(1))
        #expect(pongs() == [.sendPong(0, [19])])
    }

    @Test func `more streams than a connection may carry open further connections`() {
        let rig = BinanceRig()
        for number in 0..<171 { rig.demand("A\(number)/USDT") }
        #expect(rig.machine.connectionCount == 2)
        #expect(rig.machine.connections[0].instruments.count * 6 <= 1024)
        #expect(rig.machine.connections[1].instruments == [170])
        #expect(rig.drain().contains(.openConnection(1)))
    }

    @Test func `a subscription without a reply is sent again`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        rig.open()
        _ = rig.drain()
        rig.pass(.seconds(9.9))
        #expect(texts(rig.drain()).isEmpty)
        rig.advance(.seconds(0.2))
        #expect(texts(rig.drain()).count == 1)
    }

    @Test func `a refused batch is taken apart and its bad name waits alone`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        rig.demand("BAD/USDT")
        rig.open()
        _ = rig.drain()
        let error = rig.receive(#"{"error":{"code":2,"msg":"Invalid request"},"id":1}"#)
        #expect(error == .subscriptionRefused(code: 2))
        let retried = texts(rig.drain())
        #expect(retried.count == 2)
        #expect(retried[0].contains("btcusdt") && !retried[0].contains("badusdt"))
        rig.receive(#"{"result":null,"id":2}"#)
        rig.receive(#"{"code":2,"msg":"Invalid request","id":3}"#)
        #expect(rig.status(.trade, of: 0) == .live && rig.status(.trade, of: 1) == .stale)
        rig.pass(.seconds(29))
        #expect(texts(rig.drain()).isEmpty)
        rig.pass(.seconds(2))
        #expect(texts(rig.drain()).count == 1)
    }

    @Test func `a lost connection makes all its topics stale at once and is dialled again`() {
        let rig = BinanceRig.live("BTC/USDT", "ETH/USDT")
        rig.receive(Frames.tick(1))
        rig.receive(Frames.depth(101, 102))
        let request = rig.takeRequests().first { $0.path.contains("BTCUSDT") }!
        rig.respond(request.number, Frames.snapshot(101, bids: "", asks: ""))
        #expect(rig.status(.book) == .live && rig.status(.tick) == .live)
        _ = rig.drain()
        rig.close()
        let stale = rig.drain()
        for kind in [TopicKind.tick, .book, .trade, .aggregateTrade] {
            #expect(stale.contains(.status(0, kind, .stale, .disconnected)))
        }
        #expect(stale.contains(.status(1, .trade, .stale, .disconnected)))
        rig.advance(.milliseconds(100))
        #expect(rig.drain() == [.openConnection(0)])
        rig.open()
        #expect(texts(rig.drain()).count == 1)
    }

    @Test func `attempts back off to five seconds and stay below 300 in five minutes`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        var attempts: [Instant] = []
        for _ in 0..<12_000 {
            for action in rig.drain() where action == .openConnection(0) {
                attempts.append(rig.now)
                rig.close()
            }
            rig.advance(.milliseconds(50))
        }
        #expect(attempts[1] - attempts[0] <= .milliseconds(100))
        #expect(attempts.count > 120)
        for attempt in attempts {
            let recent = attempts.count { $0 <= attempt && attempt - $0 < .seconds(300) }
            #expect(recent <= 300)
        }
        let waits = zip(attempts, attempts.dropFirst()).map { $1 - $0 }
        #expect(waits.suffix(20).allSatisfy { $0 >= .seconds(2.5) && $0 <= .seconds(5.05) })
    }

    @Test func `a connection that never opens, or falls silent for 60 s, is given up`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        _ = rig.drain()
        rig.pass(.seconds(14.9))
        #expect(rig.drain().isEmpty)
        rig.pass(.seconds(0.2))
        let given = rig.drain()
        #expect(
            given.first == .closeConnection(0, code: 1000) && given.contains(.openConnection(0)))
        rig.open()
        rig.confirmAll()
        rig.pass(.seconds(59))
        #expect(!rig.drain().contains(.closeConnection(0, code: 1000)))
        rig.machine.heard(on: 0, at: rig.now)
        rig.pass(.seconds(59))
        #expect(!rig.drain().contains(.closeConnection(0, code: 1000)))
        rig.pass(.seconds(2))
        #expect(rig.drain().contains(.closeConnection(0, code: 1000)))
        #expect(rig.status(.trade) == .stale)
    }

    @Test func `a connection is renewed before its day is over`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.trade(1))
        _ = rig.drain()
        for _ in 0..<(23 * 120 + 99) {
            rig.machine.heard(on: 0, at: rig.now)
            rig.advance(.seconds(30))
        }
        let isRenewedEarly = rig.drain().contains(.closeConnection(0, code: 1000))
        #expect(!isRenewedEarly)
        rig.machine.heard(on: 0, at: rig.now)
        rig.advance(.seconds(30))
        let actions = rig.drain()
        #expect(actions.contains(.closeConnection(0, code: 1000)))
        #expect(actions.contains(.status(0, .trade, .stale, .plannedReconnect)))
    }

    @Test(arguments: [
        #"{"e":"serverShutdown","E":1770123456789}"#,
        #"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}"#,
    ])
    func `an announced shutdown renews the connection`(text: String) {
        let rig = BinanceRig.live("BTC/USDT")
        #expect(rig.receive(text) == nil)
        #expect(rig.drain().contains(.closeConnection(0, code: 1000)))
        rig.advance(.milliseconds(100))
        #expect(rig.drain().contains(.openConnection(0)))
    }

    @Test func `messages of a connection that was given up change nothing`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.close()
        _ = rig.drain()
        #expect(rig.receive(Frames.tick(5)) == nil)
        #expect(rig.drain().isEmpty)
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { split(separator: part).count - 1 }
}
