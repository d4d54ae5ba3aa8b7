/// What the configured venues list, as far as known.
package struct ListInstrumentsResponse: Equatable, Sendable {
    package var instruments: [Instrument]

    package init(instruments: [Instrument] = []) {
        self.instruments = instruments
    }
}

extension ListInstrumentsResponse: WireMessage {
    package static let table = TableSet.shared["penstock.v1.ListInstrumentsResponse"]

    package func write(to record: Record) {
        record.set(1, instruments)
    }

    package init(_ record: Record) {
        instruments = record.list(1)
    }
}
