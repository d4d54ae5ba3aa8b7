internal import Base

/// What every update says about itself, read field by field from its bytes: a reader of its own, so
/// that the server's encoder is not judged by its own decoder, and fast enough for a million
/// updates a second.
struct UpdateHead {
    /// Field numbers of `penstock.v1.Update`.
    enum Field {
        static let tick = 10
        static let trade = 11
        static let book = 12
        static let gap = 13
        static let subscribed = 14
        static let rejected = 15
        static let data = 16
        static let control = 17
    }

    var topic: UInt32 = 0
    var epoch: UInt64 = 0
    var sequence: UInt64?
    var base: UInt64?
    var eventTime: UInt64 = 0
    var receiveTime: UInt64 = 0
    var publishTime: UInt64 = 0
    /// Number of the payload's field; 0: there is none.
    var payload = 0
    var payloadBytes = 0
    /// `Gap.from_sequence`, and whether its reason is a new epoch.
    var gapFrom: UInt64?
    var isNewEpoch = false

    /// What `receiveTime` takes in the message: a tag and a fixed64.
    var receiveTimeBytes: Int { receiveTime > 0 ? 9 : 0 }

    /// A whole state.
    var isSnapshot: Bool { base == nil && (payload == Field.tick || payload == Field.book) }

    /// Nil: these bytes are no protobuf message.
    init?(_ bytes: RawSpan) {
        var reader = FieldReader()
        while let field = reader.next(in: bytes) {
            switch (field.number, field.value) {
            case (1, .number(let number)): topic = UInt32(truncatingIfNeeded: number)
            case (2, .number(let number)): epoch = number
            case (3, .number(let number)): sequence = number
            case (4, .number(let number)): base = number
            case (5, .number(let number)): eventTime = number
            case (6, .number(let number)): receiveTime = number
            case (7, .number(let number)): publishTime = number
            case (Field.tick...Field.control, .bytes(let range)):
                payload = field.number
                payloadBytes = range.count
                if payload == Field.gap { readGap(bytes.extracting(range)) }
            default: break
            }
        }
        if reader.hasFailed { return nil }
    }

    private mutating func readGap(_ bytes: RawSpan) {
        var reader = FieldReader()
        while let field = reader.next(in: bytes) {
            guard case .number(let number) = field.value else { continue }
            if field.number == 1 { isNewEpoch = number == 3 }
            if field.number == 2 { gapFrom = number }
        }
    }
}
