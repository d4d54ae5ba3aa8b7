internal import Glibc

/// What the process has used so far.
package enum ProcessFigures {
    /// Of all processors, by all threads.
    package static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
