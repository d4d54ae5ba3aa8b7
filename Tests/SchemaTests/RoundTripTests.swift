import Base
import Schema
import Testing

@Suite struct `Round trips` {
    /// Every mirror, as a function from protobuf bytes to what each codec makes of them.
    private func forEveryMirror(
        _ body: (String, ([UInt8]) throws -> Recoded) throws -> Void
    ) rethrows {
        func recoder<Message: WireMessage>(_: Message.Type) -> (String, ([UInt8]) throws -> Recoded)
        {
            (Message.table.name, { try Recoded(Message.self, $0) })
        }
        let recoders = [
            recoder(Update.self), recoder(Tick.self), recoder(Trade.self), recoder(Book.self),
            recoder(BookSide.self), recoder(Gap.self), recoder(Subscribed.self),
            recoder(AcceptedTopic.self), recoder(RejectedTopic.self), recoder(TopicPosition.self),
            recoder(SubscribeRequest.self), recoder(GetSnapshotRequest.self),
            recoder(GetSnapshotResponse.self), recoder(ListInstrumentsRequest.self),
            recoder(ListInstrumentsResponse.self), recoder(Instrument.self),
            recoder(HealthCheckRequest.self), recoder(HealthCheckResponse.self),
            recoder(ServerReflectionRequest.self), recoder(ServerReflectionResponse.self),
            recoder(ExtensionRequest.self), recoder(FileDescriptorResponse.self),
            recoder(ExtensionNumberResponse.self), recoder(ListServiceResponse.self),
            recoder(ServiceResponse.self), recoder(ErrorResponse.self),
            recoder(AnyMessage.self), recoder(TimestampMessage.self),
            recoder(DurationMessage.self), recoder(Int64ValueMessage.self),
            recoder(RPCStatusMessage.self), recoder(ErrorInfo.self), recoder(ErrorInfo.Entry.self),
            recoder(RetryInfo.self), recoder(QuotaFailure.self),
            recoder(QuotaFailure.Violation.self), recoder(BadRequest.self),
            recoder(BadRequest.FieldViolation.self),
            recoder(Hello.self),
            recoder(RequestedRate.self),
            recoder(SubscribeTopics.self),
            recoder(UpdateSubscription.self),
            recoder(Unsubscribe.self),
            recoder(Ack.self),
            recoder(AuthRefresh.self),
            recoder(Ping.self),
            recoder(Limits.self),
            recoder(SubscribedTopic.self),
            recoder(SubscriptionAnswer.self),
            recoder(Welcome.self),
            recoder(Unsubscribed.self),
            recoder(Acknowledged.self),
            recoder(Refreshed.self),
            recoder(Pong.self),
            recoder(Refusal.self),
            recoder(CaughtUp.self),
            recoder(TopicProgress.self),
            recoder(Heartbeat.self),
            recoder(SubscriptionClosed.self),
            recoder(Drain.self),
            recoder(ResumeToken.self),
            recoder(SessionRequest.self),
            recoder(Control.self),
        ]
        for (name, recode) in recoders { try body(name, recode) }
    }

    /// A message decoded from protobuf, and decoded again from what it encodes to.
    struct Recoded {
        let protobuf: [UInt8]
        let isEqualAfterProtobuf: Bool
        let json: [UInt8]
        let jsonAfterMessagePack: [UInt8]

        init<Message: WireMessage>(_: Message.Type, _ bytes: [UInt8]) throws {
            let message = try Message(decoding: bytes.span.bytes, .protobuf)
            let bytes = message.encoded(.protobuf)
            isEqualAfterProtobuf = try Message(decoding: bytes.span.bytes, .protobuf) == message
            protobuf = bytes
            json = message.encoded(.json)
            let packed = message.encoded(.messagePack)
            jsonAfterMessagePack = try Message(decoding: packed.span.bytes, .messagePack)
                .encoded(.json)
        }
    }

    @Test func `every message type has a mirror`() {
        var names: Set<String> = []
        forEveryMirror { name, _ in names.insert(name) }
        let generated = TableSet.shared.names.filter { !$0.contains("v1alpha") }
        #expect(names == Set(generated))
    }

    @Test func `every mirror survives protobuf and MessagePack`() throws {
        var random = SeededRandom(seed: 4)
        try forEveryMirror { name, recode in
            let descriptor = try #require(RandomMessage.descriptor(name))
            for round in 0..<40 {
                let bytes = RandomMessage(descriptor, random: &random).packed
                let recoded = try recode(bytes)
                #expect(recoded.isEqualAfterProtobuf, "\(name) \(round)")
                #expect(recoded.json == recoded.jsonAfterMessagePack, "\(name) \(round)")
                // Updates have one payload at most here, and book sides always have exponents.
                let isReduced = ["Update", "Book", "GetSnapshotResponse"].contains {
                    name.contains($0)
                }
                if !isReduced { #expect(recoded.protobuf == bytes, "\(name) \(round)") }
            }
        }
    }

    private static let side = BookSide(
        prices: [6_183_763, 6_183_700], quantities: [12, 0], priceExponent: -2,
        quantityExponent: -5)
    private static let payloads: [Payload?] = [
        nil, .tick(Tick(bidPrice: -7, priceExponent: 0)), .trade(Trade(id: 1, side: .sell)),
        .book(Book(bids: side, asks: nil)), .book(Book(bids: BookSide(), asks: side)),
        .gap(Gap(reason: .venueLoss, fromID: 4, toID: 9)),
        .subscribed(Subscribed(accepted: [AcceptedTopic(name: "ä", resumed: false)])),
        .rejected(RejectedTopic(name: "", code: 5, message: "no")), .data([0, 255]), .data([]),
    ]

    @Test(arguments: payloads) func `an update keeps its payload`(payload: Payload?) throws {
        let update = Update(
            topic: 3, epoch: 77, sequence: 12, baseSequence: 11, eventTime: 1, receiveTime: 2,
            publishTime: .max, venueSequence: 0, status: .resyncing, payload: payload)
        let bytes = update.encoded(.protobuf)
        #expect(try Update(decoding: bytes.span.bytes, .protobuf) == update)
        let packed = update.encoded(.messagePack)
        let unpacked = try Update(decoding: packed.span.bytes, .messagePack)
        #expect(unpacked.encoded(.json) == update.encoded(.json))
        #expect(unpacked.status == .resyncing && unpacked.publishTime == .max)
    }

    @Test func `both versions of reflection are one message on the wire`() {
        for name in TableSet.shared.names where name.contains("v1alpha") {
            let stable = name.replacing("v1alpha", with: "v1")
            #expect(TableSet.shared[name].isLaidOut(like: TableSet.shared[stable]))
        }
        #expect(!Tick.table.isLaidOut(like: Trade.table))
    }

    @Test func `an unknown enum value reads as absent, an unknown field as nothing`() throws {
        let bytes: [UInt8] = [9 << 3, 77, 0xf8, 0x07, 5, 1 << 3, 3]
        let update = try Update(decoding: bytes.span.bytes, .protobuf)
        #expect(update == Update(topic: 3))
        let packed: [UInt8] = [0x83, 1, 3, 9, 77, 0x7e, 0x93, 1, 2, 3]
        #expect(try Update(decoding: packed.span.bytes, .messagePack) == Update(topic: 3))
    }
}
