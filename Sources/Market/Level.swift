/// One price of one side of a book. In a delta, quantity zero removes the price.
package struct Level: Hashable, Sendable {
    /// Quote units per base unit.
    package var price: Decimal
    /// Base units.
    package var quantity: Decimal

    package init(price: Decimal, quantity: Decimal) {
        self.price = price
        self.quantity = quantity
    }
}
