/// Payload fields by the names that clients use (Protos).
enum Field: String, CaseIterable {
    case bidPrice = "bid_price"
    case bidQuantity = "bid_quantity"
    case askPrice = "ask_price"
    case askQuantity = "ask_quantity"
    case bids, asks
    case price, quantity, id, side
    case firstID = "first_id"
    case lastID = "last_id"

    static let ofTick: [Field] = [.bidPrice, .bidQuantity, .askPrice, .askQuantity]
    static let ofBook: [Field] = [.bids, .asks]
    static let ofTrade: [Field] = [.price, .quantity, .id, .side, .firstID, .lastID]

    /// Those of the kind that a topic's name says.
    static func all(of topic: String) -> [Field] {
        if topic.hasPrefix("tick:") { return ofTick }
        if topic.hasPrefix("book:") { return ofBook }
        return topic.hasPrefix("bench:") ? [] : ofTrade
    }
}
