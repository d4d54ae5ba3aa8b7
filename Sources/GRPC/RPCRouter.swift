/// Which handler serves which method; paths are "/package.Service/Method". Filled at start, then
/// only read.
package final class RPCRouter {
    private var makers: [String: (RPCCall) -> any RPCHandler] = [:]

    /// Called with the status of every call that the server ended.
    package var finished: ((RPCCode) -> Void)?

    package init() {}

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
}
