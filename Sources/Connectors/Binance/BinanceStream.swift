internal import Base
internal import Market

/// The streams subscribed for every instrument. A stream's role is fixed by what was recorded.
///
/// | suffix | role | topic |
/// |---|---|---|
/// | `bookTicker` | state, no event time, `u` grows | tick |
/// | `depth@100ms` | delta, `U`…`u` contiguous | book, with REST snapshots |
/// | `trade` | event, `t` contiguous | trade |
/// | `aggTrade` | event, `a` contiguous | aggtrade |
/// | `ticker`, `kline_1m` | read and counted | none yet |
///
/// Evidence: btcusdt_20240808_a (bookTicker, trade, depth), multi3_20210404 (aggTrade, kline),
/// documentation samples (ticker).
package enum BinanceStream: UInt8, CaseIterable, Sendable {
    case bookTicker, trade, aggregateTrade, depth, ticker, candle

    package var suffix: StaticString {
        switch self {
        case .bookTicker: "bookTicker"
        case .trade: "trade"
        case .aggregateTrade: "aggTrade"
        case .depth: "depth@100ms"
        case .ticker: "ticker"
        case .candle: "kline_1m"
        }
    }

    /// The streams topics depend on.
    static let topics: [(BinanceStream, TopicKind)] = [
        (.bookTicker, .tick), (.depth, .book), (.trade, .trade),
        (.aggregateTrade, .aggregateTrade),
    ]

    var bit: UInt8 { 1 << rawValue }

    /// The stream whose suffix follows the `@` at `at` in a stream name.
    static func after(_ at: Int, in name: RawSpan) -> BinanceStream? {
        let candidate: BinanceStream
        switch name.byteCount - at - 1 {
        case 10: candidate = .bookTicker
        case 5: candidate = .trade
        case 8: candidate = name.byte(at + 1) == UInt8(ascii: "a") ? .aggregateTrade : .candle
        case 11: candidate = .depth
        case 6: candidate = .ticker
        default: return nil
        }
        return name.extracting((at + 1)...).equals(candidate.suffix) ? candidate : nil
    }
}
