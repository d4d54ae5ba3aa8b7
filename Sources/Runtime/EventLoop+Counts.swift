package import Base

extension EventLoop {
    /// What was handed to this loop through its mailbox, from other threads and its own, with the
    /// jobs of its actors.
    package var mailboxPosts: Counter { mailbox.posts }
}
