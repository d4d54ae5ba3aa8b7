package import Base
package import Schema

/// Who the client of a session is, as far as a session cares.
package protocol SessionIdentity: AnyObject {
    /// Whether it may have a topic.
    func allows(topic name: String) -> Bool

    /// New credentials. Returns until when they hold, if that is known.
    func refresh(token: String) throws(Refusal) -> Timestamp?
}
