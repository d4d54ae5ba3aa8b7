/// The sequences at which the fields of a tick last changed.
package struct TickStamps: Equatable, Sendable {
    var bidPrice: UInt64 = 0
    var bidQuantity: UInt64 = 0
    var askPrice: UInt64 = 0
    var askQuantity: UInt64 = 0
}

extension TickStamps {
    init(all sequence: UInt64) {
        self.init(
            bidPrice: sequence, bidQuantity: sequence, askPrice: sequence, askQuantity: sequence)
    }
}
