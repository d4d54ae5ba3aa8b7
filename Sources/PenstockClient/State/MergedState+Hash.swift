internal import Market
internal import Schema
package import Streams

extension MergedState {
    /// What `CaughtUp` and `StateChecked` say of a state topic, as this client has it.
    package var hash: StateHash {
        var hash = StateHash(status: status.rawValue)
        let fields = [
            ("bid_price", tick.bidPrice), ("bid_quantity", tick.bidQuantity),
            ("ask_price", tick.askPrice), ("ask_quantity", tick.askQuantity),
        ]
        for (name, value) in fields {
            if let value { hash.add(name, value) }
        }
        for level in bids.levels { hash.add("bid", level) }
        for level in asks.levels { hash.add("ask", level) }
        return hash
    }

    /// Whether the state is what the server says; nil: it did not say, or of another position.
    package func agrees(
        position: Position?, count: UInt64?, hash told: UInt64?
    ) -> Bool? {
        guard let told, let count, let position, position == self.position else { return nil }
        let own = hash
        return own.value == told && own.count == count
    }
}
