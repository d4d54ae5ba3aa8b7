import Base
import Market
import Testing

@testable import Connectors

@Suite struct BinanceListTests {
    private let list =
        #"{"rateLimits":[{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":9},"#
        + #"{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200}],"#
        + #""symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","#
        + #""quoteAsset":"USDT"},"#
        + #"{"symbol":"OLDUSDT","status":"BREAK","baseAsset":"OLD","quoteAsset":"USDT"},"#
        + #"{"symbol":"币USDT","status":"TRADING","baseAsset":"币","quoteAsset":"USDT"},{}]}"#

    @Test func `the list is read at the start and every hour`() {
        let rig = BinanceRig()
        rig.start()
        let request = rig.takeRequests()
        #expect(request.map(\.path) == ["/api/v3/exchangeInfo"])
        #expect(rig.respond(request[0].number, list) == nil)
        #expect(rig.drain() == [.instrumentsChanged])
        #expect(Set(rig.machine.symbols.instruments.map(\.venueSymbol)) == ["BTCUSDT", "OLDUSDT"])
        #expect(rig.machine.symbols.instrument(Symbol("OLD/USDT")!)?.isTrading == false)
        #expect(rig.machine.weights.limit == 1200)
        rig.advance(.seconds(3599))
        #expect(rig.takeRequests().isEmpty)
        rig.advance(.seconds(1))
        #expect(rig.takeRequests().count == 1)
    }

    @Test(arguments: [
        (404, ""), (200, "<html>"), (200, "{}"), (200, #"{"symbols":[]}"#),
        (200, #"{"symbols":[{}]}"#),
    ])
    func `without a list the spelling is guessed and the list asked for later`(
        status: Int, body: String
    ) {
        let rig = BinanceRig()
        rig.start()
        #expect(rig.respond(rig.takeRequests()[0].number, body, status: status) != nil)
        rig.demand("BTC/USDT")
        #expect(rig.drain() == [.openConnection(0)])
        rig.advance(.seconds(29))
        #expect(rig.takeRequests().isEmpty)
        rig.advance(.seconds(1))
        #expect(rig.takeRequests().count == 1)
    }

    @Test func `an instrument the list lacks is reported, before or after it was demanded`() {
        let rig = BinanceRig()
        rig.start()
        rig.demand("BTC/USDT")
        rig.demand("NOT/USDT")
        rig.open()
        rig.confirmAll()
        let list = rig.takeRequests().first { $0.path.hasSuffix("exchangeInfo") }!
        _ = rig.drain()
        rig.respond(list.number, self.list)
        let actions = rig.drain()
        #expect(actions.contains(.unlisted(1)) && !actions.contains(.unlisted(0)))
        #expect(actions.contains(.status(1, .trade, .stale, .unlisted)))
        #expect(rig.receive(Frames.trade(1, symbol: "NOTUSDT")) == .unknownStream)
        rig.demand("NEW/USDT")
        #expect(rig.drain() == [.unlisted(2)])
    }

    @Test func `an instrument listed later is subscribed then`() {
        let rig = BinanceRig()
        rig.start()
        rig.respond(rig.takeRequests()[0].number, list)
        rig.demand("BTC/USDT")
        rig.demand("NEW/USDT")
        rig.open()
        rig.confirmAll()
        rig.machine.heard(on: 0, at: rig.now)
        _ = rig.drain()
        rig.advance(.seconds(3601))
        rig.advance(.seconds(1))
        rig.open()
        let request = rig.takeRequests().first { $0.path.hasSuffix("exchangeInfo") }!
        _ = rig.drain()
        rig.respond(request.number, list.replacing("OLD", with: "NEW"))
        let texts = rig.drain().compactMap { action in
            if case .sendText(_, let bytes) = action {
                String(decoding: bytes, as: UTF8.self)
            } else {
                nil
            }
        }
        #expect(texts.count == 1 && texts[0].contains("newusdt@trade"))
    }
}
