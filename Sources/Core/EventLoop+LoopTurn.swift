package import Base
package import Runtime

extension EventLoop: LoopTurn {
    package func timestamp() -> Timestamp { Clock.timestamp() }

    package func instant() -> Instant { turnInstant }
}
