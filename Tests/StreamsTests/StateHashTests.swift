import Market
import Testing

@testable import Streams

/// The numbers were made by another program from the definition in Protos/.
@Suite struct StateHashTests {
    @Test func `a tick is hashed as its definition says`() {
        var hash = StateHash(status: 1)
        hash.add("bid_price", Decimal("61837.630")!)
        hash.add("bid_quantity", Decimal("0.00012")!)
        hash.add("ask_price", Decimal("61838")!)
        hash.add("ask_quantity", Decimal("15e2")!)
        #expect(hash.value == 0xab98_5348_17a1_bf33 && hash.count == 4)
    }

    @Test func `a book is hashed as its definition says`() {
        var hash = StateHash(status: 3)
        hash.add("bid", Level(price: Decimal("100")!, quantity: Decimal("1")!))
        hash.add("bid", Level(price: Decimal("99.5")!, quantity: Decimal("2")!))
        hash.add("ask", Level(price: Decimal("101")!, quantity: Decimal("3")!))
        #expect(hash.value == 0x7292_b1f9_6a20_4a89 && hash.count == 3)
    }

    @Test func `a topic without data has a status`() {
        #expect(StateHash(status: 2).value == 0x6e0d_fffe_4bc3_7475)
        #expect(StateHash(status: 2).count == 0)
    }

    @Test func `what differs anywhere hashes otherwise`() {
        func hash(_ status: Int32, _ price: String, _ quantity: String, _ side: String) -> UInt64 {
            var hash = StateHash(status: status)
            hash.add(side, Level(price: Decimal(price)!, quantity: Decimal(quantity)!))
            return hash.value
        }
        let right = hash(1, "100", "1", "bid")
        #expect(right == hash(1, "100.0", "1.00", "bid"))
        for wrong in [
            hash(2, "100", "1", "bid"), hash(1, "100.1", "1", "bid"), hash(1, "100", "2", "bid"),
            hash(1, "100", "1", "ask"),
        ] { #expect(wrong != right) }
    }
}
