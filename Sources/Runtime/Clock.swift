package import Base
internal import CLinux

/// The two clocks of the system. Machines never read them: shells do, and pass the result on.
package enum Clock {
    /// The monotonic clock.
    package static func now() -> Instant { Instant(nanoseconds: clinux_monotonic_nanoseconds()) }

    /// The wall clock.
    package static func timestamp() -> Timestamp {
        Timestamp(nanoseconds: clinux_wall_nanoseconds())
    }
}
