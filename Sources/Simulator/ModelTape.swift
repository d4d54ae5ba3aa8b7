package import Base

/// A market without any file: instruments that live from a seed, for as long as somebody plays.
///
/// The window holds at most the steps not yet played and a little of what has been.
package final class ModelTape: MarketSource {
    package let catalog: TapeCatalog
    package private(set) var window = TapeWindow()
    package let exchangeInfo: [UInt8]? = nil
    /// Played messages are given back when they take this much.
    private static let playedBytesMax = 1 << 20
    /// Every so many steps the books are kept for stale answers: 3 s.
    private static let stepsBetweenBooks = 30

    private var instruments: [ModelInstrument]
    private var olderBooks: [ModelBook]
    private var oldBooks: [ModelBook]
    private var steps: Int64 = 0
    private var begun: Timestamp?
    private let clock: () -> Timestamp
    private var events: [(symbol: Int, event: ModelEvent)] = []

    /// - Parameter clock: asked once, when the first message is prepared: event times count from
    ///   there.
    package init(seed: UInt64, clock: @escaping () -> Timestamp) {
        self.clock = clock
        var catalog = TapeCatalog()
        var mixer = SeededRandom(seed: seed)
        instruments = ModelSpecification.all.map { specification in
            for suffix in ["trade", "aggTrade", "bookTicker", "depth@100ms"] {
                _ = catalog.addStream("\(specification.symbol.lowercased())@\(suffix)")
            }
            return ModelInstrument(specification, seed: mixer.next())
        }
        self.catalog = catalog
        oldBooks = instruments.map(\.book)
        olderBooks = oldBooks
    }

    package var epoch: Timestamp { begun ?? clock() }

    package func prepare(position: Int) -> Bool {
        while window.endPosition <= position { liveOneStep() }
        return true
    }

    package func played(before position: Int) {
        guard position > window.firstPosition, window.byteCount > ModelTape.playedBytesMax else {
            return
        }
        window.discard(before: position)
    }

    /// The model's book is that at the end of the prepared step: up to 100 ms ahead of the stream,
    /// as a venue's REST interface often is.
    package func book(symbol: Int, at position: Int) -> TapeBook { text(instruments[symbol].book) }

    package func staleBook(symbol: Int, at position: Int) -> TapeBook { text(olderBooks[symbol]) }

    private func liveOneStep() {
        let epoch = begun ?? clock()
        begun = epoch
        if steps > 0, steps % Int64(ModelTape.stepsBetweenBooks) == 0 {
            olderBooks = oldBooks
            oldBooks = instruments.map(\.book)
        }
        events.removeAll(keepingCapacity: true)
        for symbol in instruments.indices {
            var own: [ModelEvent] = []
            instruments[symbol].step(
                from: steps * ModelInstrument.step, epoch: epoch, into: &own)
            for event in own { events.append((symbol, event)) }
        }
        steps += 1
        // Stable: what one instrument says at one instant stays in order.
        let order = events.indices.sorted { left, right in
            let (first, second) = (events[left].event.time, events[right].event.time)
            return first == second ? left < right : first < second
        }
        for place in order {
            let (symbol, event) = events[place]
            let stream = symbol * 4 + event.kind.rawValue
            let payload = Array(event.payload.utf8)
            payload.withBytes(0..<payload.count) { bytes in
                window.append(
                    stream: stream, name: catalog.streams[stream].name, payload: bytes,
                    time: event.time)
            }
        }
    }

    private func text(_ model: ModelBook) -> TapeBook {
        var book = TapeBook()
        func level(_ level: ModelLevel) -> TapeLevel {
            TapeLevel(
                price: Digits(units: Int128(level.price) * 10_000_000_000),
                priceText: fixedText(level.price), quantityText: fixedText(level.quantity))
        }
        for bid in model.bids { book.setBid(level(bid), isEmpty: false) }
        for ask in model.asks { book.setAsk(level(ask), isEmpty: false) }
        book.lastUpdateID = model.lastUpdateID
        return book
    }
}
