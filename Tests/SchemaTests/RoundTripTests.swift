import Base
import Schema
import Testing

@Suite struct `Round trips` {
    private typealias Recoder = (String, ([UInt8]) throws -> Recoded)

    private static func recoder<Message: WireMessage>(_: Message.Type) -> Recoder {
        (Message.table.name, { try Recoded(Message.self, $0) })
    }

    /// Those of the services for operators.
    private static var operations: [Recoder] {
        [
            recoder(HealthListRequest.self), recoder(HealthListResponse.self),
            recoder(HealthListResponse.Entry.self),
            recoder(Channelz.Channel.self),
            recoder(Channelz.Subchannel.self),
            recoder(Channelz.ChannelData.self),
            recoder(Channelz.Connectivity.self),
            recoder(Channelz.ChannelTrace.self),
            recoder(Channelz.TraceEvent.self),
            recoder(Channelz.ChannelReference.self),
            recoder(Channelz.SubchannelReference.self),
            recoder(Channelz.SocketReference.self),
            recoder(Channelz.ServerReference.self),
            recoder(Channelz.Server.self),
            recoder(Channelz.ServerData.self),
            recoder(Channelz.Socket.self),
            recoder(Channelz.SocketData.self),
            recoder(Channelz.Address.self),
            recoder(Channelz.TCPAddress.self),
            recoder(Channelz.UnixAddress.self),
            recoder(Channelz.OtherAddress.self),
            recoder(Channelz.Security.self),
            recoder(Channelz.TLS.self),
            recoder(Channelz.OtherSecurity.self),
            recoder(Channelz.SocketOption.self),
            recoder(Channelz.SocketOptionTimeout.self),
            recoder(Channelz.SocketOptionLinger.self),
            recoder(Channelz.TCPInformation.self),
            recoder(Channelz.GetTopChannelsRequest.self),
            recoder(Channelz.GetTopChannelsResponse.self),
            recoder(Channelz.GetServersRequest.self),
            recoder(Channelz.GetServersResponse.self),
            recoder(Channelz.GetServerRequest.self),
            recoder(Channelz.GetServerResponse.self),
            recoder(Channelz.GetServerSocketsRequest.self),
            recoder(Channelz.GetServerSocketsResponse.self),
            recoder(Channelz.GetChannelRequest.self),
            recoder(Channelz.GetChannelResponse.self),
            recoder(Channelz.GetSubchannelRequest.self),
            recoder(Channelz.GetSubchannelResponse.self),
            recoder(Channelz.GetSocketRequest.self),
            recoder(Channelz.GetSocketResponse.self),
        ]
    }

    /// Every mirror, as a function from protobuf bytes to what each codec makes of them.
    private func forEveryMirror(
        _ body: (String, ([UInt8]) throws -> Recoded) throws -> Void
    ) rethrows {
        let recoders = [
            Self.recoder(Update.self), Self.recoder(Tick.self), Self.recoder(Trade.self),
            Self.recoder(Book.self),
            Self.recoder(BookSide.self), Self.recoder(Gap.self), Self.recoder(Subscribed.self),
            Self.recoder(AcceptedTopic.self), Self.recoder(RejectedTopic.self),
            Self.recoder(TopicPosition.self),
            Self.recoder(SubscribeRequest.self), Self.recoder(GetSnapshotRequest.self),
            Self.recoder(GetSnapshotResponse.self), Self.recoder(ListInstrumentsRequest.self),
            Self.recoder(ListInstrumentsResponse.self), Self.recoder(Instrument.self),
            Self.recoder(HealthCheckRequest.self), Self.recoder(HealthCheckResponse.self),
            Self.recoder(ServerReflectionRequest.self), Self.recoder(ServerReflectionResponse.self),
            Self.recoder(ExtensionRequest.self), Self.recoder(FileDescriptorResponse.self),
            Self.recoder(ExtensionNumberResponse.self), Self.recoder(ListServiceResponse.self),
            Self.recoder(ServiceResponse.self), Self.recoder(ErrorResponse.self),
            Self.recoder(AnyMessage.self), Self.recoder(TimestampMessage.self),
            Self.recoder(DurationMessage.self), Self.recoder(Int64ValueMessage.self),
            Self.recoder(RPCStatusMessage.self), Self.recoder(ErrorInfo.self),
            Self.recoder(ErrorInfo.Entry.self),
            Self.recoder(RetryInfo.self), Self.recoder(QuotaFailure.self),
            Self.recoder(QuotaFailure.Violation.self), Self.recoder(BadRequest.self),
            Self.recoder(BadRequest.FieldViolation.self),
            Self.recoder(Hello.self), Self.recoder(RequestedRate.self),
            Self.recoder(SubscribeTopics.self), Self.recoder(UpdateSubscription.self),
            Self.recoder(Unsubscribe.self), Self.recoder(Ack.self),
            Self.recoder(AuthRefresh.self), Self.recoder(Ping.self),
            Self.recoder(Limits.self), Self.recoder(SubscribedTopic.self),
            Self.recoder(SubscriptionAnswer.self), Self.recoder(Welcome.self),
            Self.recoder(Unsubscribed.self), Self.recoder(Acknowledged.self),
            Self.recoder(Refreshed.self), Self.recoder(Pong.self),
            Self.recoder(Refusal.self), Self.recoder(CaughtUp.self),
            Self.recoder(TopicProgress.self), Self.recoder(Heartbeat.self),
            Self.recoder(SubscriptionClosed.self), Self.recoder(Drain.self),
            Self.recoder(ResumeToken.self), Self.recoder(SessionRequest.self),
            Self.recoder(CheckState.self), Self.recoder(StateChecked.self),
            Self.recoder(GetHistoryRequest.self), Self.recoder(GetHistoryResponse.self),
            Self.recoder(GetReplayInfoRequest.self), Self.recoder(GetReplayInfoResponse.self),
            Self.recoder(ReplayInfo.self),
            Self.recoder(Control.self), Self.recoder(TakeoverStep.self),
            Self.recoder(HandoverPart.self), Self.recoder(TopicRecord.self),
            Self.recoder(TickRecord.self), Self.recoder(SideRecord.self),
        ]
        for (name, recode) in recoders + Self.operations { try body(name, recode) }
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
                let isReduced = [
                    "Update", "Book", "GetSnapshotResponse", "GetHistoryResponse", "HandoverPart",
                    "TopicRecord",
                ].contains { name.contains($0) }
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

    /// Its quantity is "0.001" first.
    @Test(arguments: [("0.000", 0), ("001.0", 1)])
    func `a decimal that comes twice is the last one`(text: String, quantity: Int64) throws {
        let fields = [(UInt8(1), "1.5"), (2, "0.001"), (2, text)]
        let bytes = fields.reduce([0x83]) { bytes, field in
            bytes + [field.0, 0xa0 | UInt8(field.1.utf8.count)] + field.1.utf8
        }
        let trade = Trade(price: 15, quantity: quantity, priceExponent: -1, quantityExponent: 0)
        #expect(try Trade(decoding: bytes.span.bytes, .messagePack) == trade)
    }

    @Test func `an exponent by itself is no field of MessagePack`() throws {
        let bytes: [UInt8] = [0x81, 5, 7]
        #expect(try Trade(decoding: bytes.span.bytes, .messagePack) == Trade())
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
