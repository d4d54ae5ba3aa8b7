package import JSON

/// Why a venue's message or answer was not used. Whoever catches it counts it by `label` and goes
/// on: nothing else is disturbed, except that a spoiled depth message resyncs its own book.
package enum FeedError: Error, Equatable, Sendable {
    /// Not a JSON document.
    case malformed(JSONError)
    /// JSON, but no shape this venue is known to send.
    case unknownMessage
    /// An event of a stream nobody asked for.
    case unknownStream
    /// A field is absent, of another type, or out of range.
    case badField(FeedField)
    /// The payload names another instrument than its stream.
    case wrongInstrument
    /// The venue refused a subscription.
    case subscriptionRefused(code: Int64)
    /// The venue answered a request with an error status.
    case requestRefused(status: Int)
    /// No answer to a request: connection or time-out.
    case requestFailed
    /// A text where a message of another kind was due, or the reverse.
    case binaryMessage

    /// The reason as a metric label: a closed set.
    package var label: StaticString {
        switch self {
        case .malformed: "malformed"
        case .unknownMessage: "unknown_message"
        case .unknownStream: "unknown_stream"
        case .badField: "bad_field"
        case .wrongInstrument: "wrong_instrument"
        case .subscriptionRefused: "subscription_refused"
        case .requestRefused: "request_refused"
        case .requestFailed: "request_failed"
        case .binaryMessage: "binary_message"
        }
    }
}

/// The fields a venue's message may have wrong.
package enum FeedField: String, Sendable {
    case stream, data, event, symbol, updateID, firstUpdateID, tradeID, price, quantity, side
    case time, bids, asks, candle, symbols, lastUpdateID
}
