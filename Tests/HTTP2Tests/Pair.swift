import Base

@testable import HTTP2

/// A server and a client connection joined in memory; `stride` bytes move at a time.
final class Pair {
    let server: HTTP2Connection
    let client: HTTP2Connection
    var stride: Int
    var serverEvents: [HTTP2Event] = []
    var clientEvents: [HTTP2Event] = []
    var serverBody: [UInt32: [UInt8]] = [:]
    var clientBody: [UInt32: [UInt8]] = [:]
    /// Everything the server wrote.
    var serverBytes: [UInt8] = []

    init(
        serverLimits: HTTP2Limits = HTTP2Limits(), clientLimits: HTTP2Limits = HTTP2Limits(),
        stride: Int = .max
    ) {
        server = HTTP2Connection(role: .server, limits: serverLimits, output: OutputBuffer())
        client = HTTP2Connection(role: .client, limits: clientLimits, output: OutputBuffer())
        self.stride = stride
        exchange()
    }

    /// Moves bytes both ways until both are quiet.
    func exchange() {
        while true {
            server.flush()
            client.flush()
            takeEvents()
            if server.output.isEmpty && client.output.isEmpty { return }
            serverBytes += server.output.copyBytes()
            move(from: server, to: client)
            move(from: client, to: server)
        }
    }

    private func move(from source: HTTP2Connection, to target: HTTP2Connection) {
        let bytes = source.output.copyBytes()
        source.output.removeAll()
        deliver(bytes, to: target, stride: stride)
    }

    private func takeEvents() {
        let served = server.takeEvents()
        serverEvents += served.events
        for case .data(let stream, let range) in served.events {
            serverBody[stream.id, default: []] += served.data[range]
        }
        let received = client.takeEvents()
        clientEvents += received.events
        for case .data(let stream, let range) in received.events {
            clientBody[stream.id, default: []] += received.data[range]
        }
    }

    /// Opens a stream from the client; returns both ends.
    func open(path: String = "/x") -> (client: HTTP2Stream, server: HTTP2Stream) {
        let stream = client.openStream(request(path: path))!
        exchange()
        return (stream, server.stream(stream.id)!)
    }
}

func request(path: String) -> [HTTP2Field] {
    [
        HTTP2Field(":method", "POST"), HTTP2Field(":scheme", "http"), HTTP2Field(":path", path),
        HTTP2Field(":authority", "test"),
    ]
}

let okFields = [HTTP2Field(":status", "200")]

func deliver(_ bytes: [UInt8], to target: HTTP2Connection, stride: Int = .max) {
    var start = 0
    while start < bytes.count {
        let end = start + min(stride, bytes.count - start)
        Array(bytes[start..<end]).withRawSpan { target.receive($0) }
        start = end
    }
}

/// One frame on the wire.
struct Frame: Equatable {
    var type: UInt8
    var flags: UInt8 = 0
    var streamID: UInt32 = 0
    var payload: [UInt8] = []

    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9

    var bytes: [UInt8] {
        [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255)]
            + [type, flags] + wire(streamID) + payload
    }

    /// The error code of RST_STREAM or GOAWAY.
    var code: UInt32? {
        switch type {
        case Frame.reset: number(0)
        case Frame.goAway: number(4)
        default: nil
        }
    }

    func number(_ offset: Int) -> UInt32 {
        payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    static func parse(_ bytes: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let size = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let streamID = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(9)
            frames.append(
                Frame(
                    type: head[3], flags: head[4], streamID: streamID,
                    payload: Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return frames
    }
}

func wire(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

/// A server that is spoken to in raw frames, as an adversary does.
final class RawPeer {
    let server: HTTP2Connection
    /// How a request is answered.
    var respond: (HTTP2Connection, HTTP2Stream) -> Void = { _, _ in }
    var stride = Int.max

    init(settings: [UInt8] = [], limits: HTTP2Limits = HTTP2Limits(), opening: [UInt8]? = nil) {
        server = HTTP2Connection(role: .server, limits: limits, output: OutputBuffer())
        server.flush()
        server.output.removeAll()
        if let opening {
            deliver(opening, to: server)
        } else {
            deliver(preface + Frame(type: Frame.settings, payload: settings).bytes, to: server)
            server.flush()
            server.output.removeAll()
        }
    }

    /// Sends frames and returns the answers, SETTINGS left out.
    @discardableResult
    func send(_ frames: Frame...) -> [Frame] { send(raw: frames.flatMap(\.bytes)) }

    func send(raw bytes: [UInt8]) -> [Frame] {
        deliver(bytes, to: server, stride: stride)
        return answers()
    }

    func answers() -> [Frame] {
        var frames: [Frame] = []
        while true {
            server.flush()
            for case .headers(let stream, _, _) in server.takeEvents().events {
                respond(server, stream)
            }
            server.flush()
            if server.output.isEmpty { break }
            frames += Frame.parse(server.output.copyBytes())
            server.output.removeAll()
        }
        return frames.filter { $0.type != Frame.settings }
    }

    /// HPACK: GET or POST, http, the path and the authority as literals.
    static func request(_ path: String = "/big", get: Bool = true) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        return [get ? 0x82 : 0x83, 0x86, 0x04] + text(path) + [0x01] + text("x")
    }

    static func get(_ streamID: UInt32 = 1) -> Frame {
        Frame(type: Frame.headers, flags: 5, streamID: streamID, payload: request())
    }

    static func post(_ streamID: UInt32 = 1) -> Frame {
        Frame(
            type: Frame.headers, flags: 4, streamID: streamID, payload: request("/p", get: false))
    }

    static func windowUpdate(_ streamID: UInt32, _ increment: UInt32) -> Frame {
        Frame(type: Frame.windowUpdate, streamID: streamID, payload: wire(increment))
    }

    static func initialWindow(_ size: UInt32) -> [UInt8] { [0, 4] + wire(size) }

    /// Answers every request with headers and a body ended by END_STREAM.
    static func body(_ count: Int) -> (HTTP2Connection, HTTP2Stream) -> Void {
        { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
            let body = [UInt8](repeating: 120, count: count)
            _ = body.withRawSpan { connection.send($0, on: stream, endStream: true) }
        }
    }
}

extension [Frame] {
    var dataBytes: Int { filter { $0.type == Frame.data }.reduce(0) { $0 + $1.payload.count } }
    var endsWithData: Bool { last { $0.type == Frame.data }.map { $0.flags & 1 != 0 } ?? false }
    func of(_ type: UInt8) -> [Frame] { filter { $0.type == type } }
}
