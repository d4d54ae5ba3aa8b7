/// The limits of a connection that a peer can reach, by the name that metrics, logs and the debug
/// data of GOAWAY give them. The set is closed; the README's table says how each one is answered.
package enum HTTP2Limit: String, CaseIterable, Sendable {
    /// PINGs beyond the policy (`PingPolicy`) or its rate.
    case pings
    case settings
    /// DATA without a byte or an end, HEADERS and CONTINUATION without payload (CVE-2019-9518).
    case emptyFrames = "empty_frames"
    /// Streams the peer reset, or made us reset (CVE-2023-44487, CVE-2025-8671).
    case resets
    case priorities
    /// Frames that mean nothing to a server: unknown types, ALTSVC, ORIGIN, repeated GOAWAY.
    case strayFrames = "stray_frames"
    case windowUpdates = "window_updates"
    /// CONTINUATION frames of one header block (CVE-2024-28182).
    case continuations
    /// Bytes of one header block, compressed or expanded.
    case headerBlock = "header_block"
    /// How long one header block may take to arrive.
    case headerTime = "header_time"
    /// The header list we announced; answered with 431 by the owner.
    case headerList = "header_list"
    case streams
    /// Answers that a peer owes us the reading of (CVE-2019-9512, CVE-2019-9515).
    case acknowledgements
    /// Bytes queued behind a stream's closed window.
    case queue
    /// Bytes of catch-ups queued behind closed windows: the next ones wait.
    case catchUps = "catch_ups"
    /// A queue that its window did not let move for too long.
    case stalledStream = "stalled_stream"
    /// The owner had to choose a connection to end, and it held the most.
    case memory
    /// The owner had to end a connection of a caller whose connections together held too much.
    case identityMemory = "identity_memory"

    /// What GOAWAY carries; gRPC clients look for this text of grpc proposal A8.
    var debugData: String { self == .pings ? "too_many_pings" : rawValue }
}
