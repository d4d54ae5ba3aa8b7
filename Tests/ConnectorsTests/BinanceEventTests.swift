import Base
import Market
import Testing

@testable import Connectors

@Suite struct BinanceEventTests {
    private let time = Timestamp(milliseconds: 1_723_161_905_800)

    @Test func `a bookTicker is a tick at its u, and makes the topic live before the value`() {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.drain()
        #expect(rig.receive(Frames.tick(50_093_239_212)) == nil)
        let tick = Tick(
            bidPrice: Decimal("1.5")!, bidQuantity: Decimal("2")!, askPrice: Decimal("3")!,
            askQuantity: Decimal("4")!)
        #expect(
            rig.drain() == [
                .status(0, .tick, .live, .started), .tick(0, tick, venueSequence: 50_093_239_212),
            ])
    }

    @Test func `older and repeated bookTickers are ignored and counted`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.tick(10))
        _ = rig.drain()
        rig.receive(Frames.tick(10))
        rig.receive(Frames.tick(9))
        #expect(rig.drain().isEmpty)
        #expect(rig.machine.counts.repeated == 2)
    }

    @Test func `digits are never rounded`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.tick(1, bid: "90071992547.40993001"))
        guard
            case .tick(_, let tick, _)? = rig.drain().first(where: {
                if case .tick = $0 { true } else { false }
            })
        else {
            Issue.record("no tick")
            return
        }
        #expect(tick.bidPrice.description == "90071992547.40993001")
    }

    @Test func `trades come once, in order, with the aggressor's side`() {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.drain()
        for id in [7, 8, 8, 7] { rig.receive(Frames.trade(id)) }
        let trades = [7, 8].map { id in
            FeedAction.trade(
                0,
                Trade(
                    id: UInt64(id), price: Decimal("61602.02")!, quantity: Decimal("0.00536")!,
                    side: .buy), eventTime: time)
        }
        #expect(rig.drain() == trades)
        #expect(rig.machine.counts.repeated == 2)
    }

    @Test func `lost trades are named before the trade that shows it, and never come late`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.trade(7))
        _ = rig.drain()
        rig.receive(Frames.trade(11))
        let actions = rig.drain()
        #expect(actions.first == .tradeGap(0, .trade, from: 8, through: 10))
        #expect(actions.count == 2)
        rig.receive(Frames.trade(9))
        #expect(rig.drain().isEmpty)
    }

    @Test func `trades lost while disconnected are named`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.receive(Frames.trade(7))
        rig.receive(Frames.aggregate(70))
        rig.close()
        rig.advance(.seconds(1))
        rig.open()
        rig.confirmAll()
        _ = rig.drain()
        rig.receive(Frames.trade(10))
        rig.receive(Frames.aggregate(71))
        let gaps = rig.drain().filter { if case .tradeGap = $0 { true } else { false } }
        #expect(gaps == [.tradeGap(0, .trade, from: 8, through: 9)])
    }

    @Test func `aggregate trades carry their first and last trade`() {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.drain()
        rig.receive(Frames.aggregate(12345))
        let trade = Trade(
            id: 12345, price: Decimal("0.001")!, quantity: Decimal("100")!, side: .sell,
            firstID: 100, lastID: 105)
        #expect(rig.drain() == [.aggregateTrade(0, trade, eventTime: time)])
    }

    @Test func `confirmed trade topics are live until their stream proves silent`() {
        let rig = BinanceRig.live("BTC/USDT")
        #expect(rig.status(.trade) == .live && rig.status(.aggregateTrade) == .live)
        rig.receive(Frames.trade(1))
        rig.pass(.seconds(9.9))
        #expect(rig.status(.aggregateTrade) == .live)
        _ = rig.drain()
        rig.pass(.seconds(0.2))
        #expect(
            rig.drain().contains(.status(0, .aggregateTrade, .stale, .neverStarted)))
        #expect(rig.status(.trade) == .live && rig.status(.tick) == .stale)
        rig.receive(Frames.aggregate(5))
        #expect(rig.status(.aggregateTrade) == .live)
        rig.receive(Frames.tick(5))
        #expect(rig.status(.tick) == .live)
        rig.pass(.seconds(30))
        #expect(rig.status(.trade) == .live && rig.status(.aggregateTrade) == .live)
    }

    @Test func `a quiet pair's book stays live by its snapshot alone`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.respond(rig.takeRequests()[0].number, Frames.book)
        rig.pass(.seconds(30))
        #expect(rig.status(.book) == .live)
        #expect(rig.bids() == ["10x1"] && rig.asks() == ["11x2"])
    }

    @Test func `a book without snapshot and updates is stale after ten seconds`() {
        let rig = BinanceRig.live("BTC/USDT")
        #expect(rig.status(.book) == .resyncing)
        rig.pass(.seconds(10.1))
        #expect(rig.status(.book) == .stale)
    }

    @Test func `tickers and candles are read, counted and otherwise ignored`() {
        let rig = BinanceRig.live("ETH/USDT")
        _ = rig.drain()
        let ticker =
            #"{"stream":"ethusdt@ticker","data":{"e":"24hrTicker","s":"ETHUSDT","c":"1.0"}}"#
        let candle =
            #"{"stream":"ethusdt@kline_1m","data":{"e":"kline","s":"ETHUSDT","k":{"c":"1.0"}}}"#
        #expect(rig.receive(ticker) == nil)
        #expect(rig.receive(candle) == nil)
        #expect(rig.drain().isEmpty)
        #expect(rig.machine.counts.messages[Int(BinanceStream.ticker.rawValue)] == 1)
        #expect(rig.machine.counts.messages[Int(BinanceStream.candle.rawValue)] == 1)
    }

    @Test(arguments: [
        (#"{"stream":"btcusdt@trade","data":{"e":"trade""#, "malformed"),
        ("\u{0}\u{1}garbage", "malformed"), ("[]", "unknown_message"), ("17", "unknown_message"),
        (#"{"stream":"ethusdt@trade","data":{}}"#, "unknown_stream"),
        (#"{"stream":"btcusdt@depth20","data":{}}"#, "unknown_stream"),
        (#"{"stream":5,"data":{}}"#, "bad_field"),
        (#"{"stream":"btcusdt@trade","data":{}}"#, "bad_field"),
        (#"{"stream":"btcusdt@trade","data":[]}"#, "bad_field"),
        (
            Frames.tick(1, symbol: "BTCUSDT").replacing("\"BTCUSDT\"", with: "\"ETHUSDT\""),
            "wrong_instrument"
        ),
        (Frames.tick(1, bid: "abc"), "bad_field"), (Frames.tick(1, bid: "-1"), "bad_field"),
        (Frames.tick(1, bid: ""), "bad_field"),
        (Frames.tick(1).replacing("\"u\":1", with: "\"u\":\"1\""), "bad_field"),
        (Frames.tick(1).replacing("\"u\":1", with: "\"u\":-1"), "bad_field"),
        (Frames.trade(1).replacing("\"61602.02000000\"", with: "61602.02"), "bad_field"),
        (Frames.trade(1).replacing("false", with: "0"), "bad_field"),
        (#"{"e":"referencePrice","s":"BAZUSD"}"#, "unknown_message"),
    ])
    func `a bad message is a typed error and changes nothing`(text: String, label: String) {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.drain()
        let error = rig.receive(text)
        #expect(error.map { "\($0.label)" } == label)
        #expect(rig.drain().isEmpty)
        #expect(rig.receive(Frames.trade(1)) == nil)
    }
}
