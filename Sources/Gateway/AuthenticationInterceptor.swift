package import Base
package import GRPC
package import Identity
package import Runtime

/// Finds out who calls and whether they may, and ends living calls whose credentials have expired.
/// Handlers find the caller in `RPCCall.identity`, as a `CallIdentity`. Confined to its loop.
package final class AuthenticationInterceptor: RPCInterceptor {
    private let loop: EventLoop
    private var authenticator: Authenticator
    private let policy: AccessPolicy
    private let refusals: RefusalAccounting
    /// Calls that may live longer than their caller's credentials.
    private var living: [ObjectIdentifier: CallIdentity] = [:]
    /// The latest caller who cannot change.
    private var latest: CallIdentity?

    package init(
        loop: EventLoop, authenticator: Authenticator, policy: AccessPolicy = AccessPolicy(),
        metrics: MetricRegistry
    ) {
        self.loop = loop
        self.authenticator = authenticator
        self.policy = policy
        refusals = RefusalAccounting(metrics)
    }

    // MARK: RPCInterceptor

    package func admit(_ call: RPCCall) -> RPCStatus? {
        let access = policy.access(to: call.path)
        if access == .open { return nil }
        do throws(CredentialError) {
            let principal = try authenticator.principal(
                authorization: call.metadata.values("authorization"),
                certificate: call.peer.certificate, now: Clock.timestamp())
            guard case .role(let role) = access else {
                return RPCStatus(.unimplemented, "method \(call.path) is not known")
            }
            try check(principal, has: role)
            if authenticator.canRefresh || principal.expiry != nil {
                let identity = CallIdentity(principal, role: role, call: call, interceptor: self)
                call.identity = identity
                if !policy.isJudgedOnce(call.path) { watch(identity, of: call) }
            } else {
                call.identity = unchanging(principal, role)
            }
            return nil
        } catch {
            refusals.refused(error, call)
            return StatusMapping.status(error)
        }
    }

    package func ended(_ call: RPCCall, _ status: RPCStatus) {
        guard let identity = living.removeValue(forKey: ObjectIdentifier(call)) else { return }
        unschedule(identity)
    }

    // MARK: From the server's owner

    /// From now on credentials are judged by this one. Living calls whose static token or
    /// whose token's key is gone end, also those that lost the role; others learn what changed.
    package func replaceAuthenticator(_ fresh: Authenticator) {
        authenticator = fresh
        for identity in Array(living.values) {
            do throws(CredentialError) {
                let principal = try authenticator.reconsider(identity.principal)
                guard principal != identity.principal else { continue }
                try check(principal, has: identity.role)
                adopt(principal, by: identity)
            } catch {
                end(identity, error)
            }
        }
    }

    /// Calls that are watched.
    package var livingCount: Int { living.count }

    // MARK: From a call

    var canRefresh: Bool { authenticator.canRefresh }

    func refresh(
        _ identity: CallIdentity, token: String
    ) throws(CredentialError) -> Principal {
        guard let call = identity.call, living[ObjectIdentifier(call)] === identity else {
            throw .refreshUnsupported
        }
        do throws(CredentialError) {
            let principal = try authenticator.refresh(
                identity.principal, token: token, now: Clock.timestamp())
            try check(principal, has: identity.role)
            adopt(principal, by: identity)
            return principal
        } catch {
            refusals.refused(error, call)
            throw error
        }
    }

    // MARK: Inside

    /// Callers who stay who they are: equal ones share one identity.
    private func unchanging(_ principal: Principal, _ role: Role) -> CallIdentity {
        if let latest, latest.principal == principal, latest.role == role { return latest }
        let identity = CallIdentity(principal, role: role, call: nil, interceptor: self)
        latest = identity
        return identity
    }

    private func check(_ principal: Principal, has role: Role) throws(CredentialError) {
        if !principal.roles.contains(role) { throw .roleMissing }
    }

    private func watch(_ identity: CallIdentity, of call: RPCCall) {
        living[ObjectIdentifier(call)] = identity
        schedule(identity)
    }

    private func adopt(_ principal: Principal, by identity: CallIdentity) {
        identity.principal = principal
        schedule(identity)
        identity.onChange?(principal)
    }

    /// Looks again when the grace after the expiry is over.
    private func schedule(_ identity: CallIdentity) {
        unschedule(identity)
        guard let expiry = identity.principal.expiry else { return }
        let deadline = expiry + policy.expiryGrace
        identity.timer = loop.schedule(after: deadline - Clock.timestamp()) {
            [weak self, weak identity] in
            guard let self, let identity else { return }
            identity.timer = nil
            // The wall clock may have been set back meanwhile.
            if Clock.timestamp() < deadline {
                schedule(identity)
            } else {
                let isCertificate = identity.principal.origin == .certificate
                end(identity, isCertificate ? .certificateExpired : .tokenExpired)
            }
        }
    }

    private func unschedule(_ identity: CallIdentity) {
        if let timer = identity.timer { loop.cancel(timer) }
        identity.timer = nil
    }

    private func end(_ identity: CallIdentity, _ error: CredentialError) {
        guard let call = identity.call else { return }
        refusals.refused(error, call)
        call.cancel(StatusMapping.status(error))
    }
}
