/// A session that tells somebody what happens to its subscriptions.
package final class ObservedSession: Session {
    package weak var watcher: (any SessionObserver)?

    override var observer: (any SessionObserver)? { watcher }
}
