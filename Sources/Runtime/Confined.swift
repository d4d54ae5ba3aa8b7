/// A loop-confined value on its way through another thread, which can hold but not open it.
///
/// `@unchecked Sendable`: `open()` traps unless it runs on the loop's thread.
package struct Confined<Value>: @unchecked Sendable {
    private let value: Value
    private let loop: EventLoop

    package init(_ value: Value, to loop: EventLoop) { (self.value, self.loop) = (value, loop) }

    package func open() -> Value {
        loop.preconditionInLoop()
        return value
    }
}
