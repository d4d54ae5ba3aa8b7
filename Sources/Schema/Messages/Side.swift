/// The aggressor's side of a trade.
package enum Side: Int32, Sendable, CaseIterable {
    case unspecified
    case buy
    case sell
}
