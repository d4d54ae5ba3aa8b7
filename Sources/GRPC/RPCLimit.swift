package import HTTP2

/// The limits of a gRPC connection, by the names that metrics and logs give them. A closed set.
package enum RPCLimit: Hashable, Sendable {
    case transport(HTTP2Limit)
    /// A message beyond `messageBytesMax`: its call ends with RESOURCE_EXHAUSTED.
    case message
    /// Unfinished messages of all calls: the call that went beyond ends with RESOURCE_EXHAUSTED.
    case partialMessages
    /// A message that took too long to arrive: its call ends with RESOURCE_EXHAUSTED.
    case messageTime
    /// Metadata beyond `metadataBytesMax`: the call ends with RESOURCE_EXHAUSTED.
    case metadata
    /// The peer was silent, and its PING was not answered: closed.
    case keepalive
    /// The peer took nothing of what waited for it: closed.
    case stalledOutput
    /// The connection is as old as it may become: GOAWAY.
    case connectionAge
    /// There was no call for too long: GOAWAY.
    case connectionIdle

    package var name: String {
        switch self {
        case .transport(let limit): limit.rawValue
        case .message: "message"
        case .partialMessages: "partial_messages"
        case .messageTime: "message_time"
        case .metadata: "metadata"
        case .keepalive: "keepalive"
        case .stalledOutput: "stalled_output"
        case .connectionAge: "connection_age"
        case .connectionIdle: "connection_idle"
        }
    }

    package static var all: [RPCLimit] {
        HTTP2Limit.allCases.map { .transport($0) } + [
            .message, .partialMessages, .messageTime, .metadata, .keepalive, .stalledOutput,
            .connectionAge, .connectionIdle,
        ]
    }
}
