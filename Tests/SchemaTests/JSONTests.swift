import Base
import Schema
import Testing

/// Expectations are protobuf's JSON mapping, checked once against Google's Python library, with
/// decimals and columns by Penstock's own rule.
@Suite struct `JSON mapping` {
    private func json(_ message: some WireMessage) -> String {
        String(decoding: message.encoded(.json), as: UTF8.self)
    }

    @Test func `names are camels, 64-bit integers strings, enums names`() {
        let update = Update(
            topic: 3, epoch: 77, sequence: .max, baseSequence: 11, eventTime: 1, receiveTime: 2,
            publishTime: 3, venueSequence: 99, status: .stale)
        #expect(
            json(update)
                == """
                {"topic":3,"epoch":"77","sequence":"18446744073709551615","baseSequence":"11",\
                "eventTime":"1","receiveTime":"2","publishTime":"3","venueSequence":"99",\
                "status":"STATUS_STALE"}
                """)
    }

    @Test func `an absent field is left out, an empty message is an empty object`() {
        #expect(json(Update()) == "{}")
        #expect(json(Update(payload: .gap(Gap()))) == #"{"gap":{}}"#)
        #expect(json(Subscribed()) == "{}")
    }

    @Test func `a decimal is one string and its exponent is left out`() {
        let trade = Trade(
            price: 6_183_763, quantity: 120, id: 9, side: .buy, priceExponent: -2,
            quantityExponent: -5, lastID: 12)
        #expect(
            json(trade)
                == #"{"price":"61837.63","quantity":"0.0012","id":"9","side":"SIDE_BUY","#
                + #""lastId":"12"}"#
        )
    }

    @Test func `columns are a list of rows`() {
        let side = BookSide(
            prices: [6_183_763, 6_183_700], quantities: [12, 0], priceExponent: -2,
            quantityExponent: -5)
        let book = Book(bids: side, asks: BookSide())
        #expect(json(book) == #"{"bids":[["61837.63","0.00012"],["61837","0"]],"asks":[]}"#)
    }

    @Test func `bytes are base64 with padding`() {
        let expected = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg=="]
        for (plain, encoded) in expected {
            let update = Update(payload: .data(Array(plain.utf8)))
            #expect(json(update) == #"{"data":"\#(encoded)"}"#)
        }
        #expect(json(Update(payload: .data([0xfb, 0xff]))) == #"{"data":"+/8="}"#)
    }

    @Test func `text is escaped where JSON asks for it`() {
        let rejected = RejectedTopic(name: "a\"b\\c\n\t\u{1}\u{1f}ä€", code: 3, message: "/")
        #expect(
            json(rejected) == #"{"name":"a\"b\\c\n\t\u0001\u001fä€","code":3,"message":"/"}"#)
    }

    @Test func `lists and nested messages`() {
        let request = SubscribeRequest(
            topics: ["a", "b"], resume: [TopicPosition(topic: "a", epoch: 1, sequence: 0)])
        #expect(
            json(request)
                == #"{"topics":["a","b"],"resume":[{"topic":"a","epoch":"1","sequence":"0"}]}"#)
        let subscribed = Subscribed(accepted: [AcceptedTopic(number: 1, resumed: true)])
        #expect(json(subscribed) == #"{"accepted":[{"number":1,"resumed":true}]}"#)
        #expect(
            json(ExtensionNumberResponse(extensionNumbers: [1, -2]))
                == #"{"extensionNumber":[1,-2]}"#)
    }
}
