package import Base
internal import JSON

/// A diff of one symbol: its update ids and the message that carries it.
package struct TapeDiff: Sendable {
    package let position: Int
    package let first: UInt64
    package let last: UInt64
}

/// A recorded answer to a depth request, and how many messages had been received before it.
package struct TapeSnapshot: Sendable {
    package let position: Int
    package let lastUpdateID: UInt64
    package let body: [UInt8]
}

/// An unbroken run of one symbol's diffs (each `U` is the previous `u` + 1) and the recorded
/// snapshots that belong to it.
package struct TapeRun: Sendable {
    package var diffs: [TapeDiff] = []
    package var snapshots: [TapeSnapshot] = []

    /// The snapshot that a request at `position` builds upon: the latest recorded one, or, before
    /// all of them, the first.
    package func snapshot(at position: Int) -> Int? {
        snapshots.lastIndex { $0.position <= position } ?? (snapshots.isEmpty ? nil : 0)
    }
}

/// A session played from recordings. Books are computed when somebody asks: playing costs nothing
/// but the copy into the reader's buffer.
package final class RecordedTape: MarketSource {
    package let catalog: TapeCatalog
    package let window: TapeWindow
    package let exchangeInfo: [UInt8]?
    package let epoch: Timestamp
    /// Per symbol.
    package let runs: [[TapeRun]]
    private var books: [BookReader]
    private let parser = JSONParser(bytesMax: 32 << 20)

    package init(
        catalog: TapeCatalog, window: TapeWindow, exchangeInfo: [UInt8]?, epoch: Timestamp,
        runs: [[TapeRun]]
    ) {
        precondition(runs.count == catalog.symbols.count)
        self.catalog = catalog
        self.window = window
        self.exchangeInfo = exchangeInfo
        self.epoch = epoch
        self.runs = runs
        books = runs.map { _ in BookReader() }
    }

    package func prepare(position: Int) -> Bool { position < window.endPosition }
    package func played(before position: Int) {}

    package func book(symbol: Int, at position: Int) -> TapeBook {
        catchUp(symbol, to: position)
        return books[symbol].book
    }

    package func staleBook(symbol: Int, at position: Int) -> TapeBook {
        catchUp(symbol, to: position)
        return books[symbol].older
    }

    /// What is remembered between two requests, so that the next one only applies what is new.
    private struct BookReader {
        var book = TapeBook()
        /// The book about `staleDiffs` diffs ago.
        var older = TapeBook()
        var run = -1
        var snapshot: Int?
        /// The first diff of the run not looked at yet.
        var nextDiff = 0
    }

    /// How many diffs a stale answer lags: 5 s at one diff in 100 ms.
    private static let staleDiffs = 50

    private func catchUp(_ symbol: Int, to position: Int) {
        guard let number = runNumber(symbol, at: position) else { return }
        let run = runs[symbol][number]
        let snapshot = run.snapshot(at: position)
        if books[symbol].run != number || books[symbol].snapshot != snapshot {
            start(symbol, number, run, snapshot)
        }
        if let snapshot, run.snapshots[snapshot].position > position { return }
        // Diffs before `end` have been played.
        let end = run.diffs.firstIndex(after: position)
        if books[symbol].nextDiff < end - RecordedTape.staleDiffs {
            apply(symbol, run, to: end - RecordedTape.staleDiffs)
        }
        if books[symbol].nextDiff < end { books[symbol].older = books[symbol].book }
        apply(symbol, run, to: end)
    }

    /// The run whose diffs are being played at `position`; before its first diff, still the one
    /// before.
    private func runNumber(_ symbol: Int, at position: Int) -> Int? {
        let runs = runs[symbol]
        if runs.isEmpty { return nil }
        return runs.lastIndex { run in (run.diffs.first?.position ?? 0) < position } ?? 0
    }

    private func start(_ symbol: Int, _ number: Int, _ run: TapeRun, _ snapshot: Int?) {
        var book = TapeBook()
        if let snapshot, let value = try? parser.parse(run.snapshots[snapshot].body),
            let recorded = TapeBook(snapshot: value)
        {
            book = recorded
        } else if let first = run.diffs.first {
            // No snapshot was recorded: the levels the diffs have named so far are all we know.
            book.lastUpdateID = first.first &- 1
        }
        var older = books[symbol].book
        if older.lastUpdateID == 0 || older.lastUpdateID > book.lastUpdateID { older = book }
        books[symbol] = BookReader(book: book, older: older, run: number, snapshot: snapshot)
    }

    private func apply(_ symbol: Int, _ run: TapeRun, to end: Int) {
        while books[symbol].nextDiff < end {
            let diff = run.diffs[books[symbol].nextDiff]
            books[symbol].nextDiff += 1
            guard diff.last > books[symbol].book.lastUpdateID else { continue }
            window.withPayload(window[diff.position]) { bytes in
                guard let payload = try? parser.parse(bytes), let bids = payload["b"],
                    let asks = payload["a"]
                else { return }
                _ = books[symbol].book.apply(bids: bids, asks: asks)
            }
            books[symbol].book.lastUpdateID = diff.last
        }
    }
}

extension Array where Element == TapeDiff {
    /// The number of diffs that lie before a position; they are in order of position.
    fileprivate func firstIndex(after position: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
