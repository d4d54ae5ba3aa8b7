import Base
import Market

@testable import Connectors

/// A Binance machine on a bench: time is a number, the venue is the test.
final class BinanceRig {
    var machine: BinanceMachine
    var now = Instant(nanoseconds: 1_000_000_000_000)
    /// Everything the machine asked for since `drain`.
    var actions: [FeedAction] = []
    var errors: [FeedError] = []

    init(venue: String = "binance", limits: BinanceLimits = BinanceLimits()) {
        machine = BinanceMachine(venue: venue, limits: limits, seed: 7)
    }

    /// A rig with these instruments subscribed and confirmed on open connections.
    static func live(_ symbols: String..., limits: BinanceLimits = BinanceLimits()) -> BinanceRig {
        let rig = BinanceRig(limits: limits)
        for symbol in symbols { rig.demand(symbol) }
        for connection in 0..<rig.machine.connectionCount { rig.open(connection) }
        rig.confirmAll()
        return rig
    }

    @discardableResult
    func demand(_ symbol: String) -> Int {
        machine.demand(Symbol(symbol)!, at: now, into: &actions)
    }

    func start() { machine.start(at: now, into: &actions) }
    func open(_ connection: Int = 0) {
        machine.connectionOpened(connection, at: now, into: &actions)
    }
    func close(_ connection: Int = 0) {
        machine.connectionClosed(connection, at: now, into: &actions)
    }

    @discardableResult
    func receive(_ text: String, on connection: Int = 0) -> FeedError? {
        receive(Array(text.utf8), on: connection)
    }

    @discardableResult
    func receive(_ bytes: [UInt8], on connection: Int = 0) -> FeedError? {
        do {
            try machine.received(bytes.span.bytes, on: connection, at: now, into: &actions)
            return nil
        } catch {
            errors.append(error)
            return error
        }
    }

    @discardableResult
    func respond(
        _ request: Int, _ body: String, status: Int = 200, retryAfter: Duration? = nil,
        usedWeight: Int? = nil
    ) -> FeedError? {
        do {
            let bytes = Array(body.utf8)
            try machine.responded(
                to: request, status: status, retryAfter: retryAfter, usedWeight: usedWeight,
                body: bytes.span.bytes, at: now, into: &actions)
            return nil
        } catch {
            errors.append(error)
            return error
        }
    }

    func advance(_ duration: Duration) {
        now = now + duration
        machine.tick(at: now, into: &actions)
    }

    /// Lets time pass in steps of 50 ms, as a shell does.
    func pass(_ duration: Duration) {
        let end = now + duration
        while now < end { advance(.milliseconds(50)) }
    }

    /// What the machine asked for since the last time.
    func drain() -> [FeedAction] {
        defer { actions = [] }
        return actions
    }

    func confirmAll() {
        while let (connection, id) = nextUnconfirmed() {
            receive(#"{"result":null,"id":\#(id)}"#, on: connection)
        }
    }

    private var confirmed: Set<Int64> = []

    private func nextUnconfirmed() -> (Int, Int64)? {
        for index in machine.connections.indices {
            for subscription in machine.connections[index].subscriptions
            where confirmed.insert(subscription.id).inserted {
                return (index, subscription.id)
            }
        }
        return nil
    }

    /// Requests asked for and not taken yet, with their paths.
    func takeRequests() -> [(number: Int, path: String)] {
        var requests: [(Int, String)] = []
        actions.removeAll { action in
            guard case .get(let number, let path) = action else { return false }
            requests.append((number, path))
            return true
        }
        return requests
    }

    func status(_ kind: TopicKind, of handle: Int = 0) -> FeedStatus {
        machine.status(of: handle, kind)
    }

    func bids(of handle: Int = 0) -> [String] { levels(.bid, handle) }
    func asks(of handle: Int = 0) -> [String] { levels(.ask, handle) }

    private func levels(_ side: OrderBook.Side, _ handle: Int) -> [String] {
        machine.withBook(of: handle) { book in
            (0..<book.count(side)).map { rank in
                let level = book.level(side, rank)
                return "\(level.price)x\(level.quantity)"
            }
        }
    }
}

/// Messages as Binance sends them.
enum Frames {
    static func depth(
        _ first: Int, _ last: Int, bids: String = "", asks: String = "", symbol: String = "BTCUSDT"
    ) -> String {
        #"{"stream":"\#(symbol.lowercased())@depth@100ms","data":{"e":"depthUpdate","#
            + #""E":1723161255208,"s":"\#(symbol)","U":\#(first),"u":\#(last),"#
            + #""b":[\#(bids)],"a":[\#(asks)]}}"#
    }

    static func snapshot(_ id: Int, bids: String, asks: String) -> String {
        #"{"lastUpdateId":\#(id),"bids":[\#(bids)],"asks":[\#(asks)]}"#
    }

    static func level(_ price: String, _ quantity: String) -> String {
        #"["\#(price)","\#(quantity)"]"#
    }

    static func tick(_ id: Int, bid: String = "1.50000000", symbol: String = "BTCUSDT") -> String {
        #"{"stream":"\#(symbol.lowercased())@bookTicker","data":{"u":\#(id),"s":"\#(symbol)","#
            + #""b":"\#(bid)","B":"2.00000000","a":"3.00000000","A":"4.00000000"}}"#
    }

    static func trade(_ id: Int, symbol: String = "BTCUSDT") -> String {
        #"{"stream":"\#(symbol.lowercased())@trade","data":{"e":"trade","E":1723161905801,"#
            + #""s":"\#(symbol)","t":\#(id),"p":"61602.02000000","q":"0.00536000","#
            + #""T":1723161905800,"m":false,"M":true}}"#
    }

    static func aggregate(_ id: Int, symbol: String = "BTCUSDT") -> String {
        #"{"stream":"\#(symbol.lowercased())@aggTrade","data":{"e":"aggTrade","E":1723161905801,"#
            + #""s":"\#(symbol)","a":\#(id),"p":"0.001","q":"100","f":100,"l":105,"#
            + #""T":1723161905800,"m":true,"M":true}}"#
    }

    static let book = snapshot(100, bids: level("10.0", "1"), asks: level("11.0", "2"))
}
