/// A loop-confined value on its way through another thread, which can hold but not open it.
///
/// `@unchecked Sendable`: `open()` traps unless it runs on the loop's thread.
package struct Confined<Value>: @unchecked Sendable {
    private let value: Value
    package let loop: EventLoop

    package init(_ value: Value, to loop: EventLoop) { (self.value, self.loop) = (value, loop) }

    package func open() -> Value {
        loop.preconditionInLoop()
        return value
    }
}

/// Likewise, without keeping it alive.
///
/// `@unchecked Sendable`: weak references are counted atomically, and `open()` traps unless it runs
/// on the loop's thread.
package struct WeaklyConfined<Object: AnyObject>: @unchecked Sendable {
    private weak var object: Object?
    package let loop: EventLoop

    package init(_ object: Object, to loop: EventLoop) {
        (self.object, self.loop) = (object, loop)
    }

    /// Nil: it is gone.
    package func open() -> Object? {
        loop.preconditionInLoop()
        return object
    }
}
