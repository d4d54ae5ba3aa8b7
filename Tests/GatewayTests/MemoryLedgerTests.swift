import Testing

@testable import Gateway

@Suite struct MemoryLedgerTests {
    @Test func `new connections are refused first, and then one has to go`() {
        var ledger = MemoryLedger(ceiling: 1000)
        ledger.changed(from: 0, to: 750)
        #expect(!ledger.refusesConnections && !ledger.isExceeded)
        ledger.changed(from: 0, to: 1)
        #expect(ledger.refusesConnections && !ledger.isExceeded)
        ledger.changed(from: 750, to: 999)
        #expect(!ledger.isExceeded)
        ledger.changed(from: 1, to: 2)
        #expect(ledger.isExceeded && ledger.total == 1001)
        ledger.changed(from: 999, to: 0)
        #expect(!ledger.refusesConnections && ledger.total == 2)
    }
}
