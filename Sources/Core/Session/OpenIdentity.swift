package import Base
package import Schema

/// Where nobody has to say who they are: everything is allowed, and there is nothing to refresh.
package final class OpenIdentity: SessionIdentity {
    package init() {}

    package func allows(topic name: String) -> Bool { true }

    package func refresh(token: String) throws(Refusal) -> Timestamp? {
        throw Refusal(.unimplemented, "this server asks for no credentials")
    }
}
