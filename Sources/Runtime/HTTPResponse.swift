/// A whole response to `HTTPClient.get`.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// In the order received; names in lower case.
    package var headers: [(name: String, value: String)]
    /// Already decompressed.
    package var body: [UInt8]

    /// The first header of this name, which is given in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no response. URLs appear without their query, which may hold secrets.
package enum HTTPClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No whole response within the limit, counted from the request.
    case timedOut(url: String, limit: Duration)
    /// The body, decompressed, is larger than allowed.
    case bodyTooLarge(url: String, bytesMax: Int)
    /// The headers are larger than `HTTPClient.headerBytesMax`.
    case headersTooLarge(url: String)
    /// A header of the request holds a line break or a zero.
    case badHeader(url: String, name: String)
    /// Anything else that libcurl could not do: `reason` is its text.
    case failed(url: String, reason: String)

    package var description: String {
        switch self {
        case .timedOut(let url, let limit): "GET \(url): no answer within \(limit)"
        case .bodyTooLarge(let url, let limit): "GET \(url): body is larger than \(limit) bytes"
        case .headersTooLarge(let url):
            "GET \(url): headers are larger than \(HTTPClient.headerBytesMax) bytes"
        case .badHeader(let url, let name): "GET \(url): header \(name) holds a line break"
        case .failed(let url, let reason): "GET \(url): \(reason)"
        }
    }
}
