import Base
import Market
import Testing

/// A venue with a true history, and a network between it and `BookSync` that loses, repeats and
/// reorders diffs and answers for snapshots early, late or with an old book.
@Suite struct BookSyncFaultTests {
    @Test(arguments: 1...100)
    func `whatever the network does, a live book is the venue's at its id`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var venue = TrueVenue(seed: seed &* 7919)
        var sync = BookSync()
        var answerDue = false
        var heldBack: TrueVenue.Diff?
        var timesLive = 0
        let faultRate = [0.001, 0.05, 0.3][Int(seed % 3)]

        func check(_ action: BookSync.Action, _ sync: borrowing BookSync) {
            switch action {
            case .applied, .wentLive:
                timesLive += 1
                let truth = venue.books[sync.updateID]
                #expect(truth == NaiveBook(sync.book), "seed \(seed) at \(sync.updateID)")
            case .requestSnapshot, .resync:
                answerDue = true
            case .none, .buffered: break
            }
        }

        for step in 0..<600 {
            let isFaulty = step < 500
            func fault(_ rate: Double) -> Bool { isFaulty && random.chance(rate) }
            if fault(faultRate / 10) {
                sync.disconnected()
                answerDue = false
            }
            var arriving = [venue.advance()]
            if fault(faultRate) { arriving = [] }
            if fault(faultRate) { arriving += arriving }
            if let late = heldBack {
                arriving.append(late)
                heldBack = nil
            } else if fault(faultRate), let last = arriving.popLast() {
                heldBack = last
            }
            for diff in arriving { check(sync.diff(diff), sync) }
            if answerDue, !fault(0.7) {
                answerDue = false
                let age = fault(0.3) ? Int.random(in: 0...30, using: &random) : 0
                check(sync.snapshot(venue.snapshot(age: age)), sync)
            }
        }
        #expect(sync.state == .live, "seed \(seed): \(sync.summary)")
        #expect(sync.updateID == venue.lastID)
        #expect(timesLive > 50)
    }
}

/// Both sides of a book as dictionaries.
struct NaiveBook: Equatable {
    var bids: [Decimal: Decimal] = [:]
    var asks: [Decimal: Decimal] = [:]

    init() {}

    init(_ book: OrderBook) {
        for level in book.levels(.bid) { bids[level.price] = level.quantity }
        for level in book.levels(.ask) { asks[level.price] = level.quantity }
    }

    mutating func set(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        let value = quantity.isZero ? nil : quantity
        if side == .bid { bids[price] = value } else { asks[price] = value }
    }
}

/// A venue whose middle price wanders, with everything it ever showed.
struct TrueVenue {
    struct Change {
        var side: OrderBook.Side
        var price: Decimal
        var quantity: Decimal
    }
    struct Diff {
        var first: UInt64
        var last: UInt64
        var changes: [Change]
    }

    private(set) var books: [UInt64: NaiveBook] = [:]
    private(set) var lastID: UInt64 = 1000
    private var ids: [UInt64] = [1000]
    private var present = NaiveBook()
    private var middle: Int64 = 500
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        books[lastID] = present
    }

    mutating func advance() -> Diff {
        middle += Int64.random(in: -2...2, using: &random)
        var changes: [Change] = []
        for price in present.bids.keys where price >= Decimal(mantissa: middle, exponent: 0) {
            changes.append(Change(side: .bid, price: price, quantity: .zero))
        }
        for price in present.asks.keys where price <= Decimal(mantissa: middle, exponent: 0) {
            changes.append(Change(side: .ask, price: price, quantity: .zero))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let side: OrderBook.Side = random.chance(0.5) ? .bid : .ask
            let distance = Int64.random(in: 1...20, using: &random)
            let price = Decimal(
                mantissa: side == .bid ? middle - distance : middle + distance, exponent: 0)
            let quantity = Decimal(
                mantissa: Int64.random(in: 0...5, using: &random), exponent: -1)
            changes.append(Change(side: side, price: price, quantity: quantity))
        }
        for change in changes { present.set(change.side, change.price, change.quantity) }
        let first = lastID + 1
        lastID += UInt64.random(in: 1...4, using: &random)
        books[lastID] = present
        ids.append(lastID)
        return Diff(first: first, last: lastID, changes: changes)
    }

    /// The book as it was so many diffs ago.
    func snapshot(age: Int) -> (id: UInt64, book: NaiveBook) {
        let id = ids[max(0, ids.count - 1 - age)]
        return (id, books[id] ?? NaiveBook())
    }
}

extension BookSync {
    fileprivate mutating func diff(_ diff: TrueVenue.Diff) -> Action {
        if beginDiff(first: diff.first, last: diff.last) != .ignore {
            for change in diff.changes {
                applyLevel(change.side, price: change.price, quantity: change.quantity)
            }
        }
        return endDiff()
    }

    fileprivate mutating func snapshot(_ snapshot: (id: UInt64, book: NaiveBook)) -> Action {
        if beginSnapshot(lastUpdateID: snapshot.id) != .ignore {
            for (price, quantity) in snapshot.book.bids {
                applyLevel(.bid, price: price, quantity: quantity)
            }
            for (price, quantity) in snapshot.book.asks {
                applyLevel(.ask, price: price, quantity: quantity)
            }
        }
        return endSnapshot()
    }
}
