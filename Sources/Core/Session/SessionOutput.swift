package import Schema

/// Where a session's answers go, beside the frames of its topics.
package protocol SessionOutput: FrameSink {
    /// Sends, or queues what the windows do not take.
    func send(_ update: Update)

    /// Sends if the windows take it now; otherwise `becameWritable` follows.
    func trySend(_ update: Update) -> Bool

    /// The last thing that is called.
    func finish(_ end: SessionEnd)
}
