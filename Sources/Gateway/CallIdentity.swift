package import GRPC
package import Identity
internal import Runtime
package import Streams

/// Who makes a call, for as long as it lives. A handler asks it what the caller may have, and hands
/// it the tokens that come in the stream. Confined to the call's loop.
package final class CallIdentity {
    package internal(set) var principal: Principal
    /// What the call's method needs.
    let role: Role
    /// Nil: whoever calls stays who he is, and all his calls share this.
    private(set) weak var call: RPCCall?
    private weak var interceptor: AuthenticationInterceptor?
    var timer: TimerID?

    /// False: `onChange` is never called, and a refresh always refused.
    package var mayChange: Bool { interceptor?.canRefresh == true }

    /// By which callers are told apart; nil: nobody was asked who he is.
    var name: String? { principal.origin == .none ? nil : principal.subject }

    /// Called after the principal was refreshed or changed: topics may have come or gone. Whoever
    /// sets it ends those that `topicAllowed` no longer allows. It must not hold this object.
    package var onChange: ((Principal) -> Void)?

    init(
        _ principal: Principal, role: Role, call: RPCCall?, interceptor: AuthenticationInterceptor
    ) {
        self.principal = principal
        self.role = role
        self.call = call
        self.interceptor = interceptor
    }

    /// Takes a new token of the same subject; `onChange` is called before this returns. A refused
    /// one changes nothing: the call goes on until the old one ends.
    package func refresh(_ token: String) -> Result<Principal, CredentialError> {
        guard let interceptor else { return .failure(.refreshUnsupported) }
        return Result { () throws(CredentialError) in
            try interceptor.refresh(self, token: token)
        }
    }

    /// By both spellings of a name: with and without what may be left out of it.
    package func topicAllowed(_ name: TopicName) -> Bool {
        principal.topics.allows(name.description) || principal.topics.allows(name.spelledOut)
    }

    /// False also for what is no name.
    package func topicAllowed(_ name: String) -> Bool {
        guard let name = try? TopicName(parsing: name) else { return false }
        return topicAllowed(name)
    }
}

extension RPCCall {
    /// The caller; nil where nobody asks who it is.
    package var caller: CallIdentity? { identity as? CallIdentity }
}
