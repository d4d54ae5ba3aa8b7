internal import Base
internal import Schema

private let log = Log("handover")

extension Hub {
    /// Names of topics that the predecessor shows live and this hub does not yet, creating what
    /// is missing. A tick does not count: its stream may be silent for hours and be in order.
    package func awaited(of inheritance: Inheritance) -> [String] {
        inheritance.topics.compactMap { name, inherited in
            guard inherited.record.status == .live, let topic = heir(of: name),
                !(topic is TickTopic), topic.status != .live
            else { return nil }
            return name
        }
    }

    /// Goes on with every topic where the predecessor stopped, then with what this hub's own feeds
    /// have beyond. Returns how many topics were taken over; those that could not be begin anew.
    @discardableResult
    package func adopt(_ inheritance: Inheritance) -> Int {
        publishNow()
        var count = 0
        for (name, inherited) in inheritance.topics {
            guard let topic = heir(of: name) else { continue }
            if topic.adopt(inherited) {
                count += 1
            } else {
                log.warning("cannot be continued, begins anew", [("topic", name)])
            }
        }
        for board in allBoards { connector(of: board)?.inherited(board) }
        publishNow()
        return count
    }

    /// Nil: this process is configured to have no such topic.
    private func heir(of name: String) -> Topic? {
        do throws(TopicRefusal) { return try topic(named: name) } catch { return nil }
    }
}
