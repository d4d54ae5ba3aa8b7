import Base
import Market
import Testing

/// The promises of `BookSync`, state by state and event by event.
@Suite struct BookSyncTests {
    // MARK: Empty

    @Test func `nothing is known at first`() {
        let sync = BookSync()
        #expect(sync.state == .empty)
    }

    @Test func `a confirmed subscription asks for a snapshot without waiting for a diff`() {
        var sync = BookSync()
        #expect(sync.subscribed() == .requestSnapshot(.subscribed))
        #expect(sync.state == .buffering)
        #expect(sync.snapshot(100, bids: ["10 1"], asks: ["11 1"]) == .wentLive)
        #expect(sync.updateID == 100)
    }

    @Test func `a delta before any snapshot is buffered, not published`() {
        var sync = BookSync()
        #expect(sync.diff(101...105, bids: ["10 1"]) == .requestSnapshot(.firstDiff))
        #expect(sync.state == .buffering)
    }

    @Test func `a snapshot nobody asked for is ignored`() {
        var sync = BookSync()
        #expect(sync.snapshot(100, bids: ["10 1"]) == .none)
        #expect(sync.state == .empty)
    }

    @Test func `an unreadable first diff is not buffered, and a snapshot is asked for`() {
        var sync = BookSync()
        #expect(sync.diff(101...105, bids: ["10 ?"]) == .requestSnapshot(.firstDiff))
        #expect(sync.snapshot(104) == .requestSnapshot(.stale(104, known: 105)))
        #expect(sync.snapshot(105) == .wentLive)
    }

    // MARK: Buffering

    @Test func `diffs wait while the snapshot is on its way`() {
        var sync = makeSync(in: .buffering)
        #expect(sync.diff(106...110) == .buffered)
        #expect(sync.diff(111...111) == .buffered)
        #expect(sync.subscribed() == .none)
        #expect(sync.state == .buffering)
    }

    @Test(arguments: [100, 101, 104] as [UInt64])
    func `a snapshot inside the buffer goes live after the replay of what it does not cover`(
        id: UInt64
    ) {
        var sync = makeSync(in: .buffering)
        _ = sync.diff(106...110, bids: ["10 0", "9 5"])
        #expect(sync.snapshot(id, bids: ["10 1", "8 1"], asks: ["11 1"]) == .wentLive)
        #expect(sync.updateID == 110)
        #expect(sync.book.texts(.bid) == ["9.5 2", "9 5", "8 1"])
        #expect(sync.book.texts(.ask) == ["11 1"])
    }

    @Test func `a buffered diff that the snapshot covers is not replayed`() {
        var sync = makeSync(in: .buffering)
        _ = sync.diff(106...110, bids: ["9 5"])
        #expect(sync.snapshot(105, bids: ["8 1"]) == .wentLive)
        #expect(sync.book.texts(.bid) == ["9 5", "8 1"])
    }

    @Test(arguments: [105, 106, 900] as [UInt64])
    func `a snapshot that covers all of the buffer goes live at its own id`(id: UInt64) {
        var sync = makeSync(in: .buffering)
        #expect(sync.snapshot(id, bids: ["8 1"]) == .wentLive)
        #expect(sync.updateID == id)
        #expect(sync.book.texts(.bid) == ["8 1"])
    }

    @Test func `a snapshot from before the buffer is too old: ask again and keep the buffer`() {
        var sync = makeSync(in: .buffering)
        #expect(sync.snapshot(99) == .requestSnapshot(.tooOld(99, firstBuffered: 101)))
        #expect(sync.state == .buffering)
        #expect(sync.snapshot(100) == .wentLive)
        #expect(sync.updateID == 105)
    }

    @Test func `a hole in the buffer makes everything before it worthless`() {
        var sync = makeSync(in: .buffering)
        #expect(sync.diff(107...110, bids: ["7 7"]) == .buffered)
        #expect(sync.snapshot(103) == .requestSnapshot(.tooOld(103, firstBuffered: 107)))
        #expect(sync.snapshot(106) == .wentLive)
        #expect(sync.book.texts(.bid) == ["7 7"])
    }

    @Test func `repeated and overtaken diffs are not buffered twice`() {
        var sync = makeSync(in: .buffering)
        _ = sync.diff(106...110, bids: ["9 5"])
        #expect(sync.diff(101...105, bids: ["9 1"]) == .none)
        #expect(sync.diff(106...110, bids: ["9 1"]) == .none)
        #expect(sync.snapshot(100) == .wentLive)
        #expect(sync.book.texts(.bid) == ["9.5 2", "9 5"])
    }

    @Test func `a bad level while buffering spoils the buffer up to it`() {
        var sync = makeSync(in: .buffering)
        #expect(sync.diff(106...110, bids: ["-1 5"]) == .buffered)
        #expect(sync.diff(111...115, bids: ["4 4"]) == .buffered)
        #expect(sync.snapshot(109) == .requestSnapshot(.tooOld(109, firstBuffered: 111)))
        #expect(sync.snapshot(110) == .wentLive)
        #expect(sync.book.texts(.bid) == ["4 4"])
    }

    @Test func `a bad level in a snapshot asks again and keeps the buffer`() {
        var sync = makeSync(in: .buffering)
        let zero = BookSync.BadLevel.impossible(.priceNotPositive(.zero))
        #expect(sync.snapshot(102, bids: ["0 1"]) == .requestSnapshot(.badLevel(zero)))
        let twice = BookSync.BadLevel.impossible(.duplicatePrice(Decimal("8")!))
        #expect(sync.snapshot(102, asks: ["8 1", "8 2"]) == .requestSnapshot(.badLevel(twice)))
        let unreadable = BookSync.BadLevel.unreadable(.unexpectedByte(63, offset: 0))
        #expect(sync.snapshot(102, asks: ["? 1"]) == .requestSnapshot(.badLevel(unreadable)))
        #expect(sync.snapshot(102, asks: ["12 1"]) == .wentLive)
        #expect(sync.book.texts(.bid) == ["9.5 2"])
    }

    @Test func `a snapshot that crosses with the buffer is not believed, nor is the buffer`() {
        var sync = makeSync(in: .buffering)
        #expect(sync.snapshot(102, asks: ["9 1"]) == .requestSnapshot(.crossed(at: 102)))
        #expect(sync.state == .buffering)
        #expect(sync.snapshot(105, asks: ["9 1"]) == .wentLive)
        #expect(sync.book.texts(.bid) == [])
    }

    @Test func `levels of a snapshot may come in any order`() {
        var sync = makeSync(in: .buffering)
        let action = sync.snapshot(
            105, bids: ["7 1", "9 1", "8 1"], asks: ["12 1", "10.5 1", "11 1"])
        #expect(action == .wentLive)
        #expect(sync.book.texts(.bid) == ["9 1", "8 1", "7 1"])
        #expect(sync.book.texts(.ask) == ["10.5 1", "11 1", "12 1"])
    }

    @Test func `the buffer is bounded in diffs, and a snapshot is asked for when it is full`() {
        var sync = BookSync()
        _ = sync.diff(1...1)
        for id in 2...UInt64(4096) { #expect(sync.diff(id...id) == .buffered) }
        #expect(sync.diff(4097...4097) == .requestSnapshot(.bufferFull))
        #expect(sync.diff(4098...4098) == .buffered)
        #expect(sync.snapshot(4096) == .requestSnapshot(.tooOld(4096, firstBuffered: 4098)))
        #expect(sync.snapshot(4097) == .wentLive)
    }

    @Test func `the buffer is bounded in bytes`() {
        var sync = BookSync()
        _ = sync.diff(1...1)
        var id: UInt64 = 1
        var action = BookSync.Action.buffered
        while action == .buffered, id < 100 {
            id += 1
            _ = sync.beginDiff(first: id, last: id)
            for price in 1...Int64(8192) {
                let price = Decimal(mantissa: price, exponent: 0)
                sync.applyLevel(.bid, price: price, quantity: .one)
            }
            action = sync.endDiff()
        }
        #expect(action == .requestSnapshot(.bufferFull))
        #expect(id == 34)
    }

    // MARK: Ids never run backwards, unless the venue insists

    @Test func `after a disconnect an older snapshot is stale`() {
        var sync = makeSync(in: .live)
        sync.disconnected()
        #expect(sync.subscribed() == .requestSnapshot(.subscribed))
        #expect(sync.snapshot(104) == .requestSnapshot(.stale(104, known: 105)))
        #expect(sync.snapshot(105) == .wentLive)
    }

    @Test func `an older snapshot that the buffer leads beyond what was known is not stale`() {
        var sync = makeSync(in: .live)
        sync.disconnected()
        _ = sync.diff(100...103)
        _ = sync.diff(104...106, bids: ["6 6"])
        #expect(sync.snapshot(102) == .wentLive)
        #expect(sync.updateID == 106)
    }

    @Test func `five stale answers in a row are believed when nothing was buffered`() {
        var sync = makeSync(in: .live)
        sync.disconnected()
        _ = sync.subscribed()
        for _ in 1..<BookSync.staleAnswersMax {
            #expect(sync.snapshot(7) == .requestSnapshot(.stale(7, known: 105)))
        }
        #expect(sync.snapshot(7) == .wentLive)
        #expect(sync.updateID == 7)
        #expect(sync.diff(8...9, bids: ["3 3"]) == .applied)
    }

    @Test func `five stale answers in a row are believed only when the buffer bridges them`() {
        var sync = makeSync(in: .live)
        sync.disconnected()
        _ = sync.diff(10...12, bids: ["3 3"])
        for _ in 1..<BookSync.staleAnswersMax { _ = sync.snapshot(7) }
        #expect(sync.snapshot(7) == .requestSnapshot(.tooOld(7, firstBuffered: 10)))
        #expect(sync.snapshot(9) == .wentLive)
        #expect(sync.updateID == 12)
    }

    @Test func `a venue that counts anew while live is believed after enough repeats`() {
        var sync = makeSync(in: .live)
        for id in 1..<UInt64(BookSync.repeatsMax) { #expect(sync.diff(id...id) == .none) }
        #expect(sync.diff(64...64) == .resync(.idsWentBack))
        #expect(sync.diff(65...65) == .buffered)
        #expect(sync.snapshot(63) == .wentLive)
        #expect(sync.updateID == 65)
    }

    // MARK: Live

    @Test func `the next diff is applied`() {
        var sync = makeSync(in: .live)
        #expect(sync.diff(106...110, bids: ["10 0", "9 2"], asks: ["11 4"]) == .applied)
        #expect(sync.updateID == 110)
        #expect(sync.book.texts(.bid) == ["9 2"])
        #expect(sync.book.texts(.ask) == ["11 4"])
    }

    @Test func `a diff that begins in what is known and leads beyond it is applied`() {
        var sync = makeSync(in: .live)
        #expect(sync.diff(90...106, bids: ["9 2"]) == .applied)
        #expect(sync.updateID == 106)
    }

    @Test func `a diff that is known already is ignored`() {
        var sync = makeSync(in: .live)
        #expect(sync.diff(101...105, bids: ["9 2"]) == .none)
        #expect(sync.book.texts(.bid) == ["10 1"])
        #expect(sync.updateID == 105)
    }

    @Test func `a gap is a resync, and the diff after it begins the new buffer`() {
        var sync = makeSync(in: .live)
        #expect(sync.diff(107...110, bids: ["9 2"]) == .resync(.gap(after: 105, next: 107)))
        #expect(sync.state == .buffering)
        #expect(sync.diff(111...112) == .buffered)
        #expect(sync.snapshot(106, bids: ["8 8"]) == .wentLive)
        #expect(sync.updateID == 112)
        #expect(sync.book.texts(.bid) == ["9 2", "8 8"])
    }

    @Test func `the diff that a gap overtook comes too late`() {
        var sync = makeSync(in: .live)
        _ = sync.diff(107...110, bids: ["9 2"])
        #expect(sync.diff(106...106, bids: ["9 1"]) == .none)
        #expect(sync.snapshot(110) == .wentLive)
    }

    @Test func `a crossed book is a resync once the whole diff is in`() {
        var sync = makeSync(in: .live)
        #expect(sync.diff(106...107, bids: ["12 1"], asks: ["11 0", "13 1"]) == .applied)
        #expect(sync.diff(108...108, asks: ["12 1"]) == .resync(.crossed(at: 108)))
        #expect(sync.state == .buffering)
        #expect(sync.snapshot(107) == .requestSnapshot(.stale(107, known: 108)))
        #expect(sync.snapshot(108) == .wentLive)
    }

    @Test(arguments: ["0 1", "-1 1", "1 -1", "? 1", "1 ?", "0.000000000000000001 1"])
    func `a bad level is a resync`(level: String) {
        var sync = makeSync(in: .live)
        guard case .resync(.badLevel) = sync.diff(106...106, bids: ["9 1", level]) else {
            Issue.record("\(level) was taken")
            return
        }
        #expect(sync.state == .buffering)
    }

    @Test func `a diff that ends before it begins is a resync`() {
        var sync = makeSync(in: .live)
        _ = sync.beginDiff(first: 107, last: 106)
        #expect(sync.endDiff() != .applied)
        #expect(sync.state == .buffering)
    }

    @Test func `a snapshot while live changes nothing`() {
        var sync = makeSync(in: .live)
        #expect(sync.snapshot(200, bids: ["1 1"]) == .none)
        #expect(sync.updateID == 105)
        #expect(sync.book.texts(.bid) == ["10 1"])
    }

    @Test func `a disconnect takes the book away`() {
        var sync = makeSync(in: .live)
        sync.disconnected()
        #expect(sync.state == .empty)
        #expect(sync.diff(106...106) == .requestSnapshot(.firstDiff))
    }

    @Test func `ids reach to the end of their range`() {
        var sync = BookSync()
        _ = sync.subscribed()
        #expect(sync.snapshot(.max - 1) == .wentLive)
        #expect(sync.diff(.max ... .max) == .applied)
        #expect(sync.diff(0...0) == .none)
    }

    @Test func `a book that is not live cannot be read`() async {
        await #expect(processExitsWith: .failure) {
            let sync = BookSync()
            _ = sync.book.isEmpty
        }
    }
}

/// Buffering: one diff 101...105 that bids 2 at 9.5. Live: at 105, 10 bid and 11 asked.
func makeSync(in state: BookSync.State) -> BookSync {
    var sync = BookSync()
    if state == .empty { return sync }
    _ = sync.diff(101...105, bids: ["9.5 2"])
    if state == .live { _ = sync.snapshot(105, bids: ["10 1"], asks: ["11 1"]) }
    #expect(sync.state == state)
    return sync
}

extension BookSync {
    mutating func diff(
        _ ids: ClosedRange<UInt64>, bids: [String] = [], asks: [String] = []
    ) -> Action {
        _ = beginDiff(first: ids.lowerBound, last: ids.upperBound)
        give(bids, asks)
        return endDiff()
    }

    mutating func snapshot(_ id: UInt64, bids: [String] = [], asks: [String] = []) -> Action {
        _ = beginSnapshot(lastUpdateID: id)
        give(bids, asks)
        return endSnapshot()
    }

    /// Each level a text: "price quantity".
    private mutating func give(_ bids: [String], _ asks: [String]) {
        for (side, levels) in [(OrderBook.Side.bid, bids), (.ask, asks)] {
            for level in levels {
                let words = level.split(separator: " ").map { Array($0.utf8) }
                do throws(DecimalError) {
                    let numbers = try words.map { word throws(DecimalError) in
                        try Decimal(parsing: word.span.bytes)
                    }
                    applyLevel(side, price: numbers[0], quantity: numbers[1])
                } catch {
                    receivedUnreadableLevel(error)
                }
            }
        }
    }
}
