import Base
import HTTP2
import Schema

/// One call of a client: messages out of DATA, and how it ended.
class ClientCall {
    let name: String
    let codec: Codec
    let world: World
    private(set) var stream: HTTP2Stream?
    private(set) weak var connection: ClientConnection?
    private var bytes: [UInt8] = []
    private(set) var isOver = false
    /// Of the trailers.
    private(set) var status: Int?
    /// When the last frame was sent whose bytes have come.
    private(set) var sentAt = Instant(nanoseconds: 0)

    init(_ name: String, codec: Codec, _ world: World) {
        (self.name, self.codec, self.world) = (name, codec, world)
    }

    /// It waits for no answer.
    var isSettled: Bool { true }

    func opened(_ stream: HTTP2Stream, on connection: ClientConnection) {
        (self.stream, self.connection) = (stream, connection)
    }

    func send(_ message: [UInt8]) {
        guard let stream, !isOver else { return }
        connection?.send(message, on: stream)
    }

    /// - Returns: how many messages became whole.
    func received(_ payload: ArraySlice<UInt8>, sentAt: Instant) -> Int {
        bytes += payload
        self.sentAt = sentAt
        var (start, count) = (0, 0)
        while bytes.count - start >= 5 {
            let size = bytes[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
            guard bytes.count - start >= 5 + size else { break }
            require(bytes[start] == 0, .order, "a message with flag \(bytes[start])")
            received(message: Array(bytes[start + 5..<start + 5 + size]))
            start += 5 + size
            count += 1
        }
        bytes.removeSubrange(..<start)
        return count
    }

    func received(message: [UInt8]) { preconditionFailure("abstract") }

    func received(_ fields: [HTTP2Field]) {
        guard let text = fields.first(named: "grpc-status") else { return }
        status = Int(text)
        require(bytes.isEmpty, .order, "trailers inside a message")
        // UNKNOWN is never sent, and INTERNAL means that the server found itself broken.
        require(
            status != nil && status != 2 && status != 13, .order,
            "status \(text): \(fields.first(named: "grpc-message") ?? "")")
    }

    /// The server reset the stream.
    func wasReset(_ code: HTTP2ErrorCode) {
        let isCounted = !(world.end(of: connection)?.reached.isEmpty ?? true)
        require(
            code == .noError || code == .refusedStream || isCounted, .count,
            "reset with \(code.rawValue), and no limit was counted")
    }

    func connectionLost() {}

    /// Nothing more comes.
    func ended(_ reason: String) {
        isOver = true
        world.trace.note("\(name): \(reason), status \(status.map(String.init) ?? "none")")
    }

    @discardableResult
    func require(_ holds: Bool, _ invariant: Invariant, _ text: @autoclosure () -> String) -> Bool {
        world.judge.require(holds, invariant, "\(name): \(text())")
    }
}
