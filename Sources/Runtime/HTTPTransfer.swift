internal import Base
internal import CCurl

/// Names one request of one client.
package struct RequestID: Hashable, Sendable {
    let number: UInt64
}

/// One request on its way: owns its easy handle and gathers the response.
@safe
final class HTTPTransfer {
    struct Limits {
        var timeout: Duration
        var bodyBytesMax: Int
    }

    let id: RequestID
    let easy: UnsafeMutableRawPointer
    let done: (Result<HTTPResponse, HTTPClientError>) -> Void
    private let url: String
    private let limits: Limits
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var response = HTTPResponse(status: 0, headers: [], body: [])
    private var headerBytes = 0
    /// Why we made libcurl stop.
    private var refusal: HTTPClientError?

    /// nil if libcurl has no memory for a handle.
    init?(
        _ id: RequestID, _ url: String, _ limits: Limits,
        _ done: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) {
        guard let easy = unsafe curl_easy_init() else { return nil }
        (self.id, self.url, self.limits, self.done) = (id, url, limits, done)
        unsafe self.easy = easy
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
    }

    /// The URL as errors show it.
    var place: String { HTTPTransfer.place(url) }

    static func place(_ url: String) -> String { String(url.prefix { $0 != "?" }) }

    /// Sets everything that the request needs; libcurl copies the texts.
    func prepare(headers: [(String, String)]) {
        for (name, value) in headers {
            unsafe headerList = curl_slist_append(headerList, "\(name): \(value)") ?? headerList
        }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let milliseconds = max(1, limits.timeout.wholeNanoseconds / 1_000_000)
        unsafe ccurl_set_text(easy, CURLOPT_URL, url)
        unsafe ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
        unsafe ccurl_set_number(easy, CURLOPT_TIMEOUT_MS, Int(milliseconds))
        unsafe ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe ccurl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        unsafe ccurl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
        unsafe ccurl_set_text(easy, CURLOPT_USERAGENT, "penstock")
        // Feeds go straight to the venue; requests that belong to them must not go elsewhere.
        unsafe ccurl_set_text(easy, CURLOPT_PROXY, "")
        unsafe ccurl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        // A resolver thread that hangs must not hold up the loop when its transfer ends.
        unsafe ccurl_set_number(easy, CURLOPT_QUICK_EXIT, 1)
        unsafe ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
        unsafe ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        unsafe ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        unsafe ccurl_set_consumer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            unsafe HTTPTransfer.at(context).receivedBody(bytes, size * count)
        }
        unsafe ccurl_set_consumer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            unsafe HTTPTransfer.at(context).receivedHeader(bytes, size * count)
        }
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
        unsafe Unmanaged<HTTPTransfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    /// Any count but `count` makes libcurl stop.
    private func receivedBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard response.body.count + count <= limits.bodyBytesMax else {
            refusal = .bodyTooLarge(url: place, bytesMax: limits.bodyBytesMax)
            return 0
        }
        unsafe response.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func receivedHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headerBytes += count
        guard headerBytes <= HTTPClient.headerBytesMax else {
            refusal = .headersTooLarge(url: place)
            return 0
        }
        let line = unsafe String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        // A status line begins a response: what came before was an interim one (RFC 9110 §15.2).
        if line.hasPrefix("HTTP/") { response.headers = [] }
        if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.utf8.index(after: colon)...].utf8
                .drop { $0 == 32 || $0 == 9 }
            let end = value.lastIndex { $0 > 32 }.map { value.index(after: $0) }
            let trimmed = value[..<(end ?? value.startIndex)]
            response.headers.append(
                (name: line[..<colon].lowercased(), value: String(Substring(trimmed))))
        }
        return count
    }

    /// What the finished transfer amounts to.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPClientError> {
        if let refusal { return .failure(refusal) }
        if code == CURLE_OPERATION_TIMEDOUT {
            return .failure(.timedOut(url: place, limit: limits.timeout))
        }
        guard code == CURLE_OK else {
            let reason = unsafe String(cString: curl_easy_strerror(code))
            return .failure(.failed(url: place, reason: reason))
        }
        response.status = unsafe ccurl_status(easy)
        return .success(response)
    }
}
