internal import Runtime

/// What the owner of the topics told and the hubs of the other loops have not heard yet.
///
/// It is told to all of them in one step, and before a subscriber on the owner's loop is sent any
/// of it. So whatever a client was sent, on whatever loop, waits in the inbox of every other loop,
/// and a hub that hears its news before it answers is never behind what its client has.
final class NewsInboxes: Sendable {
    private let inboxes = Locked<[[[HubNews]]]>([])

    /// Returns the place of a new inbox.
    func open() -> Int {
        inboxes.withLock { inboxes in
            inboxes.append([])
            return inboxes.count - 1
        }
    }

    func tell(_ batch: [HubNews]) {
        inboxes.withLock { inboxes in
            for place in inboxes.indices { inboxes[place].append(batch) }
        }
    }

    /// All that was told since the last time, oldest first.
    func take(_ place: Int) -> [[HubNews]] {
        inboxes.withLock { inboxes in
            var batches: [[HubNews]] = []
            swap(&batches, &inboxes[place])
            return batches
        }
    }
}
