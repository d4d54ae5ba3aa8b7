internal import CLinux

/// Looks names up on a thread of its own, made for each question: connecting is rare, and
/// `getaddrinfo` may wait for seconds, which no loop can afford.
enum Resolver {
    struct Answer: Sendable {
        var addresses: [SocketAddress]
        /// Present if the endpoint wants TLS. Made here because reading the system's authorities
        /// takes tens of milliseconds the first time.
        var context: TLSClientContext?
    }

    typealias Reply = @Sendable (Result<Answer, SystemError>) -> Void

    private static let addressesMax = 8

    /// Calls `reply` once, on another thread or at once if none can be started.
    static func resolve(_ endpoint: Endpoint, _ reply: @escaping Reply) {
        let failure = BriefThread.run("resolve") { reply(Resolver.answer(endpoint)) }
        if let failure { reply(.failure(failure)) }
    }

    private static func answer(_ endpoint: Endpoint) -> Result<Answer, SystemError> {
        do throws(SystemError) {
            let addresses = try addresses(of: endpoint)
            let context = try endpoint.tls.map(TLSClientContext.make)
            return .success(Answer(addresses: addresses, context: context))
        } catch {
            return .failure(error)
        }
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
