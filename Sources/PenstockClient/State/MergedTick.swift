package import Market

/// Best bid and ask as merged; nil while nobody has said.
package struct MergedTick: Equatable, Sendable {
    package var bidPrice: Decimal?
    package var bidQuantity: Decimal?
    package var askPrice: Decimal?
    package var askQuantity: Decimal?

    package init() {}
}
