import Base
import Load
import Testing

@testable import Load

/// What a session's reader makes of `CaughtUp`; messages are those of market_data.proto.
@Suite struct SessionReaderTests {
    private static let book = "book:binance:BTC/USDT"
    private static let tick = "tick:binance:BTC/USDT"
    private static let trade = "trade:binance:BTC/USDT"
    private static let bookText =
        "status 1\nbid 100 1\nbid 99.9 2.5\nask 100.01 0.5\nask 100.5 0.001\n"

    /// What the server says of a subscriber's state; as it stands, of the book's snapshot.
    struct Claim: Sendable {
        var sequence: UInt64 = 10
        var epoch: UInt64 = 9
        var count: UInt64? = 4
        var hash: UInt64? = SessionReaderTests.hash(SessionReaderTests.bookText)
    }

    /// FNV-1a of 64 bits, as `CaughtUp` defines it.
    private static func hash(_ text: String) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return value
    }

    // MARK: Messages

    private func control(_ content: [UInt8]) -> [UInt8] { Protobuf.bytes(17, content) }

    /// The answer to a subscription: topic 1 is at 9/10 and live.
    private func answer(_ topic: String, follows: UInt64) -> [UInt8] {
        let accepted = Protobuf.message(
            Protobuf.bytes(1, Array(topic.utf8)), Protobuf.number(2, 1), Protobuf.number(3, 9),
            Protobuf.number(4, 10), Protobuf.number(5, 1), Protobuf.number(6, follows))
        let answer = Protobuf.message(Protobuf.number(1, 1), Protobuf.bytes(2, accepted))
        return control(Protobuf.message(Protobuf.number(1, 2), Protobuf.bytes(3, answer)))
    }

    private func caughtUp(_ claim: Claim) -> [UInt8] {
        let told = Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 1), Protobuf.number(3, claim.epoch),
            Protobuf.number(4, claim.sequence), claim.count.map { Protobuf.number(5, $0) } ?? [],
            claim.hash.map { Protobuf.fixed(6, $0) } ?? [])
        return control(Protobuf.bytes(10, told))
    }

    /// Prices are hundredths and quantities thousandths; 3 and 5 are those exponents, -2 and -3.
    private func side(_ prices: [UInt64], _ quantities: [UInt64]) -> [UInt8] {
        Protobuf.message(
            Protobuf.packed(1, prices), Protobuf.packed(2, quantities), Protobuf.number(3, 3),
            Protobuf.number(4, 5))
    }

    private func bookSnapshot() -> [UInt8] {
        let bids = side([10_000, 9990], [1000, 2500])
        let asks = side([10_001, 10_050], [500, 1])
        return Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 9), Protobuf.number(3, 10),
            Protobuf.number(9, 1),
            Protobuf.bytes(12, Protobuf.message(Protobuf.bytes(1, bids), Protobuf.bytes(2, asks))))
    }

    /// To sequence 11: the second bid goes.
    private func bookDelta() -> [UInt8] {
        let bids = side([9990], [0])
        return Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 9), Protobuf.number(3, 11),
            Protobuf.number(4, 10), Protobuf.bytes(12, Protobuf.bytes(1, bids)))
    }

    /// A bid price of 61837.63 and nothing else.
    private func tickSnapshot() -> [UInt8] {
        let tick = Protobuf.message(Protobuf.number(1, 6_183_763), Protobuf.number(5, 3))
        return Protobuf.message(
            Protobuf.number(1, 1), Protobuf.number(2, 9), Protobuf.number(3, 10),
            Protobuf.number(9, 1), Protobuf.bytes(10, tick))
    }

    // MARK: Readers

    /// A reader that was told all this.
    private func makeReader(
        _ topic: String, _ messages: [[UInt8]], rebuilds: Bool = true
    ) -> SessionReader {
        let followed = FollowedTopics(
            tally: LoadTally(), witness: rebuilds ? StateWitness() : nil, payloadBytes: nil)
        let reader = SessionReader(
            topics: [topic], followed: followed, wishes: FleetOptions.Wishes())
        tell(reader, messages)
        return reader
    }

    private func tell(_ reader: SessionReader, _ messages: [[UInt8]]) {
        for message in messages { message.withRawSpan { reader.received($0, at: 1) } }
    }

    private func faults(_ reader: SessionReader) -> [String: Int] { reader.followed.tally.faults }

    private func compared(_ reader: SessionReader) -> Int? {
        reader.followed.witness?.comparedWithHashes
    }

    // MARK: Promises

    @Test func `a book is compared with its hash when it has caught up`() {
        let reader = makeReader(
            Self.book, [answer(Self.book, follows: 1), bookSnapshot(), caughtUp(Claim())])
        #expect(faults(reader).isEmpty && compared(reader) == 1)
    }

    @Test func `what deltas made of a book is compared, too`() {
        let text = "status 1\nbid 100 1\nask 100.01 0.5\nask 100.5 0.001\n"
        let claim = Claim(sequence: 11, count: 3, hash: Self.hash(text))
        let reader = makeReader(
            Self.book,
            [answer(Self.book, follows: 1), bookSnapshot(), bookDelta(), caughtUp(claim)])
        #expect(faults(reader).isEmpty && compared(reader) == 1)
    }

    @Test func `a tick is compared by the fields it has`() {
        let claim = Claim(count: 1, hash: Self.hash("status 1\nbid_price 61837.63\n"))
        let reader = makeReader(
            Self.tick, [answer(Self.tick, follows: 1), tickSnapshot(), caughtUp(claim)])
        #expect(faults(reader).isEmpty && compared(reader) == 1)
    }

    @Test func `a book that is resumed is compared although nothing is sent`() {
        let reader = makeReader(
            Self.book, [answer(Self.book, follows: 1), bookSnapshot(), caughtUp(Claim())])
        tell(reader, [answer(Self.book, follows: 2), caughtUp(Claim())])
        #expect(faults(reader).isEmpty && compared(reader) == 2)
        #expect(reader.followed.tally.resumed == 1)
    }

    static let falseClaims = [
        Claim(hash: 1), Claim(count: 5), Claim(count: nil), Claim(sequence: 11), Claim(epoch: 8),
    ]

    @Test(arguments: falseClaims)
    func `a state that is not what the server says is a fault`(claim: Claim) {
        let reader = makeReader(
            Self.book, [answer(Self.book, follows: 1), bookSnapshot(), caughtUp(claim)])
        #expect(faults(reader) == ["hash_differs": 1] && compared(reader) == 1)
    }

    @Test func `a state of which nothing has come differs from any hash`() {
        let reader = makeReader(
            Self.book, [answer(Self.book, follows: 1), caughtUp(Claim())])
        #expect(faults(reader) == ["hash_differs": 1])
    }

    @Test func `what the server does not say is not compared`() {
        let reader = makeReader(
            Self.book,
            [
                answer(Self.book, follows: 1), bookSnapshot(),
                caughtUp(Claim(count: nil, hash: nil)),
            ])
        #expect(faults(reader).isEmpty && compared(reader) == 0)
    }

    @Test func `the count of an event topic is that of its events and no state's`() {
        let reader = makeReader(
            Self.trade, [answer(Self.trade, follows: 3), caughtUp(Claim(count: 7, hash: nil))])
        #expect(faults(reader).isEmpty && compared(reader) == 0)
    }

    @Test func `who does not rebuild states compares none`() {
        let reader = makeReader(
            Self.book, [answer(Self.book, follows: 1), bookSnapshot(), caughtUp(Claim(hash: 1))],
            rebuilds: false)
        #expect(faults(reader).isEmpty && compared(reader) == nil)
    }
}
