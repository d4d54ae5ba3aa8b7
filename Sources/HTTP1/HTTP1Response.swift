package import Base

/// One whole response: written by the server, read by the client's handshake.
package struct HTTP1Response: Equatable, Sendable {
    package var status: Int
    package var reason: String
    /// Without Content-Length, Connection and Date when we write it: `append(to:)` adds them.
    package var headers: HTTP1Headers
    package var body: [UInt8]

    /// - Parameter reason: taken from the status when absent.
    package init(
        status: Int, reason: String? = nil, headers: HTTP1Headers = .init(), body: [UInt8] = []
    ) {
        precondition((100...599).contains(status), "status \(status)")
        self.status = status
        self.reason = reason ?? Self.reason(of: status)
        self.headers = headers
        self.body = body
    }

    package init(status: Int, contentType: String, text: String) {
        self.init(
            status: status, headers: HTTP1Headers([("Content-Type", contentType)]),
            body: Array(text.utf8))
    }

    /// What to tell a peer whose bytes were refused; the connection closes after it.
    package init(refusing error: HTTP1Error) {
        self.init(
            status: error.status, contentType: "text/plain; charset=utf-8",
            text: Self.reason(of: error.status) + "\n")
    }

    /// Writes the response.
    /// - Parameters:
    ///   - keepAlive: false adds `Connection: close`; the caller then closes after the flush.
    ///   - date: adds a Date field.
    ///   - withoutBody: the answer to HEAD: Content-Length as if the body followed.
    package func append(
        to output: OutputBuffer, keepAlive: Bool = true, date: Timestamp? = nil,
        withoutBody: Bool = false
    ) {
        var head = "HTTP/1.1 \(status) \(Self.printable(reason))\r\n"
        for field in headers.fields {
            head += "\(Self.printable(field.name)): \(Self.printable(field.value))\r\n"
        }
        if let date { head += "Date: \(Self.dateText(date))\r\n" }
        let mayHaveBody = status >= 200 && status != 204 && status != 304
        if mayHaveBody { head += "Content-Length: \(body.count)\r\n" }
        if !keepAlive && status >= 200 { head += "Connection: close\r\n" }
        head += "\r\n"
        output.append(Array(head.utf8))
        if mayHaveBody && !withoutBody { output.append(body) }
    }

    /// A line break in a value would let its author write headers of his own.
    private static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) { return text }
        return String(
            decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    static func dateText(_ timestamp: Timestamp) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        // `Timestamp` writes itself as 1994-11-06T08:49:37.000Z.
        let text = timestamp.description
        let parts = text.prefix(10).split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]) else { return text }
        let day = Int(timestamp.nanoseconds / 86_400_000_000_000)
        return "\(weekdays[day % 7]), \(parts[2]) \(months[month - 1]) \(parts[0]) "
            + "\(text.dropFirst(11).prefix(8)) GMT"
    }

    package static func reason(of status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 418: "I'm a teapot"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }
}
