internal import Base
internal import Core
internal import GRPC
internal import Identity
internal import Schema

/// The caller of a call, as a session asks about it.
final class CallerOfSession: SessionIdentity {
    private let caller: CallIdentity

    init(_ caller: CallIdentity) { self.caller = caller }

    func allows(topic name: String) -> Bool { caller.topicAllowed(name) }

    func refresh(token: String) throws(Schema.Refusal) -> Timestamp? {
        switch caller.refresh(token) {
        case .success(let principal): return principal.expiry
        case .failure(let error):
            let status = StatusMapping.status(error)
            throw Schema.Refusal(code: UInt32(status.code.rawValue), message: status.message)
        }
    }
}
