/// Something that every call passes before its handler exists: counting, logging, authentication,
/// limits. A router has one list of them, outermost first, and that list is the order.
///
/// A call that an interceptor refuses was never admitted by it or by those further in, so `ended`
/// comes to exactly those that let it pass, innermost first. Confined to the router's loop.
package protocol RPCInterceptor: AnyObject {
    /// A new call. A status refuses it: nothing further in sees it, and it ends with that status.
    func admit(_ call: RPCCall) -> RPCStatus?

    /// An admitted call is over, once, whoever ended it: with the status the client was sent, or
    /// with CANCELLED if the client or its connection left first.
    func ended(_ call: RPCCall, _ status: RPCStatus)
}

extension RPCInterceptor {
    package func ended(_ call: RPCCall, _ status: RPCStatus) {}
}
