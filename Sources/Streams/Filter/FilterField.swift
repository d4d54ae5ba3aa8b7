package import Market

/// A number of a topic's payload that a filter may ask for. Raw values are what clients write.
package enum FilterField: String, CaseIterable, Sendable {
    case bidPrice = "bid_price"
    case bidQuantity = "bid_quantity"
    case askPrice = "ask_price"
    case askQuantity = "ask_quantity"
    case bestBidPrice = "best_bid_price"
    case bestBidQuantity = "best_bid_quantity"
    case bestAskPrice = "best_ask_price"
    case bestAskQuantity = "best_ask_quantity"
    case price
    case quantity
    case id
    case firstID = "first_id"
    case lastID = "last_id"

    /// What a kind of topic has, in the order of its places in `FilterValues`.
    package static func fields(of kind: TopicKind) -> [FilterField] {
        switch kind {
        case .tick: [.bidPrice, .bidQuantity, .askPrice, .askQuantity]
        case .book: [.bestBidPrice, .bestBidQuantity, .bestAskPrice, .bestAskQuantity]
        case .trade, .aggregateTrade: [.price, .quantity, .id, .firstID, .lastID]
        case .bench: []
        }
    }

    /// The place of its value in `FilterValues`; nil if that kind of topic does not have it.
    func place(in kind: TopicKind) -> Int? { Self.fields(of: kind).firstIndex(of: self) }
}
