package import GRPC
package import Schema

extension RPCRouter {
    /// Registers a method with one request and one response, answered in the turn in which the
    /// request is whole.
    package func unary<Request: WireMessage, Response: WireMessage>(
        _ path: String, _ answer: @escaping (Request, RPCCall) throws(RPCStatus) -> Response
    ) {
        register(path) { _ in
            SingleRequestHandler { call, bytes in
                guard let request = call.decode(Request.self, bytes) else { return }
                do throws(RPCStatus) {
                    call.answer(try answer(request, call))
                } catch {
                    call.finish(error)
                }
            }
        }
    }

    /// Likewise, where nothing but the request matters.
    package func unary<Request: WireMessage, Response: WireMessage>(
        _ path: String, _ answer: @escaping (Request) throws(RPCStatus) -> Response
    ) {
        unary(path) { (request: Request, _: RPCCall) throws(RPCStatus) in try answer(request) }
    }
}
