/// Best bid and best ask. A side without orders has quantity zero.
package struct Tick: Hashable, Sendable {
    package var bidPrice: Decimal
    package var bidQuantity: Decimal
    package var askPrice: Decimal
    package var askQuantity: Decimal

    package init(
        bidPrice: Decimal, bidQuantity: Decimal, askPrice: Decimal, askQuantity: Decimal
    ) {
        self.bidPrice = bidPrice
        self.bidQuantity = bidQuantity
        self.askPrice = askPrice
        self.askQuantity = askQuantity
    }
}
