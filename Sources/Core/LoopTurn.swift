package import Base

/// What the hub needs of its loop: the wall clock and the end of the present turn.
package protocol LoopTurn: AnyObject {
    func timestamp() -> Timestamp
    func atEndOfTurn(_ work: @escaping () -> Void)
}
