internal import Base
package import HTTP1

/// The HTTP/1.1 exchange that opens a WebSocket (RFC 6455 §4), for both ends.
package enum WebSocketHandshake {
    /// A client's key: 16 fresh random bytes.
    package static func key(using random: inout some RandomNumberGenerator) -> String {
        Base64.encode(
            (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }, padding: true)
    }

    /// The client's request.
    /// - Parameters:
    ///   - host: with the port if it is not the scheme's own.
    ///   - path: with the query, beginning with `/`.
    package static func requestBytes(
        host: String, path: String, key: String, headers: [(String, String)] = []
    ) -> [UInt8] {
        precondition(path.hasPrefix("/"), "path \(path)")
        var text = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\n"
        text += "Connection: Upgrade\r\nSec-WebSocket-Key: \(key)\r\n"
        text += "Sec-WebSocket-Version: 13\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// What a server answers to that key (§4.2.2, step 5.4).
    package static func accept(for key: String) -> String {
        Base64.encode(
            SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)), padding: true)
    }

    /// Whether the request wants a WebSocket at all; then `response(to:)` judges it.
    package static func isRequested(by request: HTTP1Request) -> Bool {
        request.headers.list("upgrade", contains: "websocket")
    }

    /// The server's 101. Offered extensions and subprotocols are not taken up.
    package static func response(
        to request: HTTP1Request
    ) throws(WebSocketHandshakeError) -> HTTP1Response {
        guard request.method == "GET" else { throw .methodNotGet }
        guard request.minorVersion >= 1, isRequested(by: request),
            request.headers.list("connection", contains: "upgrade")
        else { throw .notAnUpgrade }
        guard request.headers.values("sec-websocket-version") == ["13"] else {
            throw .unsupportedVersion
        }
        let keys = request.headers.values("sec-websocket-key")
        guard keys.count == 1, keys[0].utf8.count == 24, Base64.decode(keys[0])?.count == 16 else {
            throw .malformedKey
        }
        return HTTP1Response(
            status: 101,
            headers: HTTP1Headers([
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", accept(for: keys[0])),
            ]))
    }

    /// The server's answer to a request that cannot become a WebSocket.
    package static func response(refusing error: WebSocketHandshakeError) -> HTTP1Response {
        var response = HTTP1Response(
            status: error.status, contentType: "text/plain; charset=utf-8",
            text: "WebSocket handshake refused: \(error)\n")
        switch error {
        case .unsupportedVersion, .notAnUpgrade:
            response.headers.append("Upgrade", "websocket")
            response.headers.append("Sec-WebSocket-Version", "13")
        case .methodNotGet:
            response.headers.append("Allow", "GET")
        case .malformedKey, .status, .upgradeMissing, .acceptMismatch, .unrequested:
            break
        }
        return response
    }

    /// Judges the server's response to the request that carried `key`.
    package static func validate(
        _ response: HTTP1Response, key: String
    ) throws(WebSocketHandshakeError) {
        guard response.status == 101 else { throw .status(response.status) }
        guard response.headers.list("upgrade", contains: "websocket"),
            response.headers.list("connection", contains: "upgrade")
        else { throw .upgradeMissing }
        guard response.headers.values("sec-websocket-accept") == [accept(for: key)] else {
            throw .acceptMismatch
        }
        for name in ["sec-websocket-extensions", "sec-websocket-protocol"]
        where !response.headers.values(name).isEmpty {
            throw .unrequested(header: name)
        }
    }
}
