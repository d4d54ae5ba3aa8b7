internal import Base
internal import CCurl
internal import CLinux

/// HTTP(S) GET requests by libcurl, whose sockets and timers the loop drives: no thread, nothing
/// blocks (names are looked up on libcurl's own threads). Connections are kept and reused, at most
/// `connectionsMax` at a time; further requests wait for one. No redirects, no proxies, no other
/// protocols; TLS with the system's trust store.
///
/// Confined to its loop, where it also has to be released while requests are open. An answer is
/// never given from within `get` or `cancel`.
@safe
package final class HTTPClient {
    package let loop: EventLoop

    package static let headerBytesMax = 65536
    /// More than any venue's request limit lets us use.
    private static let connectionsMax = 16

    private let multi: UnsafeMutableRawPointer
    private var transfers: [RequestID: HTTPTransfer] = [:]
    private var sockets: [Int32: HTTPSocket] = [:]
    private var timer: TimerID?
    private var nextNumber: UInt64 = 0
    /// libcurl is not reentrant: set while it runs.
    private var isInside = false

    /// `curl_global_init` is not thread-safe; a static is initialised once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    package init(loop: EventLoop) {
        loop.preconditionInLoop()
        precondition(HTTPClient.isReady, "libcurl cannot start")
        guard let multi = unsafe curl_multi_init() else {
            preconditionFailure("libcurl has no memory for a client")
        }
        self.loop = loop
        unsafe self.multi = multi
        unsafe ccurl_limit_connections(multi, HTTPClient.connectionsMax)
        unsafe ccurl_set_callbacks(
            multi,
            { _, socket, what, context, _ in
                unsafe HTTPClient.at(context).watch(socket, what)
                return 0
            },
            { _, milliseconds, context in
                unsafe HTTPClient.at(context).setTimer(milliseconds)
                return 0
            },
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        unsafe ccurl_set_callbacks(multi, nil, nil, nil)
        if let timer, loop.isCurrent { loop.cancel(timer) }
        for socket in sockets.values { socket.unwatch() }
        for transfer in transfers.values { unsafe curl_multi_remove_handle(multi, transfer.easy) }
        unsafe curl_multi_cleanup(multi)
    }

    /// Requests `url`; `done` is called once, on the loop, unless the request is cancelled before.
    /// `timeout` bounds the whole exchange.
    @discardableResult
    package func get(
        _ url: String, headers: [(String, String)] = [], timeout: Duration, bodyBytesMax: Int,
        _ done: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) -> RequestID {
        loop.preconditionInLoop()
        precondition(!isInside)
        let id = RequestID(number: nextNumber)
        nextNumber += 1
        let place = HTTPTransfer.place(url)
        for (name, value) in headers where HTTPClient.breaksLines(name + value) {
            refuse(.badHeader(url: place, name: name), done)
            return id
        }
        let limits = HTTPTransfer.Limits(timeout: timeout, bodyBytesMax: bodyBytesMax)
        guard let transfer = HTTPTransfer(id, url, limits, done) else {
            refuse(.failed(url: place, reason: "out of memory"), done)
            return id
        }
        transfer.prepare(headers: headers)
        transfers[id] = transfer
        // Adding only sets a timer of zero; the transfer begins when it fires.
        let code = inside { unsafe curl_multi_add_handle(multi, transfer.easy) }
        if code != CURLM_OK {
            transfers[id] = nil
            let reason = unsafe String(cString: curl_multi_strerror(code))
            refuse(.failed(url: place, reason: reason), done)
        }
        return id
    }

    /// Drops a request; its `done` will not be called. One that is over is ignored.
    package func cancel(_ id: RequestID) {
        loop.preconditionInLoop()
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        inside { unsafe curl_multi_remove_handle(multi, transfer.easy) }
    }

    private func refuse(
        _ error: HTTPClientError, _ done: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) {
        loop.schedule(after: .zero) { done(.failure(error)) }
    }

    private static func breaksLines(_ text: String) -> Bool {
        text.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 }
    }
}

/// What libcurl and the loop tell each other.
extension HTTPClient {
    private static func at(_ context: UnsafeMutableRawPointer?) -> HTTPClient {
        unsafe Unmanaged<HTTPClient>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    @discardableResult
    private func inside(_ body: () -> CURLMcode) -> CURLMcode {
        precondition(!isInside, "libcurl was entered from its own callback")
        isInside = true
        defer { isInside = false }
        return body()
    }

    /// libcurl wants to know about `socket`: never calls back into libcurl.
    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            sockets.removeValue(forKey: socket)?.unwatch()
            return
        }
        var events: UInt32 = 0
        if what & CURL_POLL_IN != 0 { events |= clinux_readable }
        if what & CURL_POLL_OUT != 0 { events |= clinux_writable }
        let known = sockets[socket] ?? HTTPSocket(socket, self)
        sockets[socket] = known
        known.watch(events)
    }

    private func setTimer(_ milliseconds: Int) {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            self.timer = nil
            self.advance(CURL_SOCKET_TIMEOUT, 0)
        }
    }

    /// Lets libcurl work on a socket or on its timeouts, then hands finished transfers out.
    fileprivate func advance(_ socket: curl_socket_t, _ what: Int32) {
        var running: Int32 = 0
        inside { unsafe curl_multi_socket_action(multi, socket, what, &running) }
        var code = CURLE_OK
        while let easy = unsafe ccurl_next_finished(multi, &code) {
            let transfer = unsafe HTTPTransfer.at(ccurl_private(easy))
            inside { unsafe curl_multi_remove_handle(multi, easy) }
            transfers[transfer.id] = nil
            // May ask for and cancel requests, this loop's own included.
            transfer.done(transfer.result(code))
        }
    }
}

/// One socket of libcurl at the loop's epoll.
private final class HTTPSocket: EventHandler {
    private let socket: curl_socket_t
    private unowned let client: HTTPClient
    private let loop: EventLoop
    private var token: WatchToken?

    init(_ socket: curl_socket_t, _ client: HTTPClient) {
        (self.socket, self.client, self.loop) = (socket, client, client.loop)
    }

    /// Registers anew, because libcurl may have closed the descriptor and opened another of the
    /// same number. If that fails the transfer runs into its timeout.
    func watch(_ events: UInt32) {
        unwatch()
        token = try? loop.watch(socket, events, self)
    }

    func unwatch() {
        if let token { loop.unwatch(token, socket) }
        token = nil
    }

    func ready(_ events: UInt32) {
        var what: Int32 = 0
        if events & (clinux_readable | clinux_hung_up) != 0 { what |= CURL_CSELECT_IN }
        if events & clinux_writable != 0 { what |= CURL_CSELECT_OUT }
        if events & clinux_failed != 0 { what |= CURL_CSELECT_ERR }
        let client = client
        client.advance(socket, what)
    }

    func loopStops() { unwatch() }
}
