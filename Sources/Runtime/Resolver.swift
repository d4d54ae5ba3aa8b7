internal import CLinux

/// Looks names up on a thread of its own, made for each question: connecting is rare, and
/// `getaddrinfo` may wait for seconds, which no loop can afford.
enum Resolver {
    struct Answer: Sendable {
        var addresses: [SocketAddress]
        /// Present if the endpoint wants TLS. Found here because reading the trust store takes
        /// tens of milliseconds the first time.
        var trust: TLSTrust?
    }

    typealias Reply = @Sendable (Result<Answer, SystemError>) -> Void

    private static let addressesMax = 8

    /// Calls `reply` once, on another thread or at once if none can be started.
    static func resolve(_ endpoint: Endpoint, _ reply: @escaping Reply) {
        let question = Question(endpoint, reply)
        let code = unsafe clinux_thread_start(
            nil, "resolve",
            { context in
                let question = unsafe Unmanaged<Question>.fromOpaque(context.unsafelyUnwrapped)
                    .takeRetainedValue()
                question.reply(Resolver.answer(question.endpoint))
            },
            Unmanaged.passRetained(question).toOpaque())
        if code == 0 { return }
        unsafe Unmanaged.passUnretained(question).release()
        reply(.failure(.failed(doing: "start thread to resolve \(endpoint.host)", code: -code)))
    }

    private final class Question: Sendable {
        let endpoint: Endpoint
        let reply: Reply
        init(_ endpoint: Endpoint, _ reply: @escaping Reply) {
            (self.endpoint, self.reply) = (endpoint, reply)
        }
    }

    private static func answer(_ endpoint: Endpoint) -> Result<Answer, SystemError> {
        do throws(SystemError) {
            let addresses = try addresses(of: endpoint)
            return .success(Answer(addresses: addresses, trust: try trust(of: endpoint)))
        } catch {
            return .failure(error)
        }
    }

    private static func trust(of endpoint: Endpoint) throws(SystemError) -> TLSTrust? {
        guard endpoint.tls else { return nil }
        guard let file = endpoint.certificateFile else { return try TLSTrust.system.get() }
        return try TLSTrust(certificateFile: file)
    }

    private static func addresses(of endpoint: Endpoint) throws(SystemError) -> [SocketAddress] {
        if let literal = SocketAddress(host: endpoint.host, port: endpoint.port) {
            return [literal]
        }
        var found = [clinux_address](repeating: clinux_address(), count: addressesMax)
        let count = unsafe clinux_resolve(endpoint.host, &found, Int32(addressesMax))
        guard count > 0 else {
            let reason = unsafe String(cString: clinux_resolve_text(count))
            throw .unresolved(host: endpoint.host, reason: reason)
        }
        return found.prefix(Int(count)).map { address in
            var address = SocketAddress(address)
            address.port = endpoint.port
            return address
        }
    }
}
