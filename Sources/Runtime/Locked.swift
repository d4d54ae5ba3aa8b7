internal import CLinux

/// A value under a lock, for short synchronous questions. Swift's own `Mutex` is a bare futex on
/// Linux, which thread sanitizers cannot see: they would report everything that is handed through
/// it. This one they understand, so a report is a bug.
///
/// `@unchecked Sendable`: the value is touched under the lock alone.
@safe
package final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let lock: UnsafeMutableRawPointer

    package init(_ value: sending Value) {
        guard let lock = unsafe clinux_lock_create() else {
            preconditionFailure("no memory for a lock")
        }
        self.value = value
        unsafe self.lock = lock
    }

    deinit { unsafe clinux_lock_destroy(lock) }

    /// Runs `body` with the value to itself; `body` must not lock anything again.
    package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        unsafe clinux_lock(lock)
        defer { unsafe clinux_unlock(lock) }
        return body(&value)
    }
}
