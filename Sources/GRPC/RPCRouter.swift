/// Which handler serves which method, and what every call passes on the way there; paths are
/// "/package.Service/Method". Filled at start, then only read. Confined to its loop.
package final class RPCRouter {
    private var makers: [String: (RPCCall) -> any RPCHandler] = [:]
    private let interceptors: [any RPCInterceptor]
    /// For the messages of all calls.
    package let gzip = Gzip()

    /// `interceptors`: outermost first.
    package init(interceptors: [any RPCInterceptor] = []) { self.interceptors = interceptors }

    /// `make` is called with every new call, before its first message. It may finish the call.
    package func register(_ path: String, _ make: @escaping (RPCCall) -> any RPCHandler) {
        makers[path] = make
    }

    package func knows(_ path: String) -> Bool { makers[path] != nil }

    package var paths: [String] { makers.keys.sorted() }

    func makeHandler(for call: RPCCall) -> (any RPCHandler)? { makers[call.path].map { $0(call) } }

    /// The registered text of a path, so that calls share one copy.
    func shared(_ path: String) -> String {
        makers.index(forKey: path).map { makers[$0].key } ?? path
    }

    /// Asks the interceptors in order; the first status wins.
    func admit(_ call: RPCCall) -> RPCStatus? {
        for interceptor in interceptors {
            if let refusal = interceptor.admit(call) { return refusal }
            call.admissions += 1
        }
        return nil
    }

    /// Tells those that admitted the call, once.
    func ended(_ call: RPCCall, _ status: RPCStatus) {
        while call.admissions > 0 {
            call.admissions -= 1
            interceptors[Int(call.admissions)].ended(call, status)
        }
    }
}
