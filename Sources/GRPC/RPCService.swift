/// A service as a server takes it: its full name and its methods.
package protocol RPCService {
    /// "package.Service", as reflection and health know it.
    var name: String { get }

    func register(in router: RPCRouter)
}
