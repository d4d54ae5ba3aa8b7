internal import Base
internal import Schema

private let log = Log("handover")

extension Hub {
    /// Has every topic of the predecessor, so that its feeds begin. Returns the books that it shows
    /// live: the slowest part of an instrument, whose other streams are subscribed before it.
    package func prepare(for inheritance: Inheritance) -> [Topic] {
        inheritance.topics.compactMap { name, inherited in
            guard let topic = heir(of: name) as? BookTopic, inherited.record.status == .live
            else { return nil }
            return topic
        }
    }

    /// Goes on with every topic where the predecessor stopped, then with what this hub's own feeds
    /// have beyond. Returns how many topics were taken over; those that could not be begin anew.
    @discardableResult
    package func adopt(_ inheritance: Inheritance) -> Int {
        publishNow()
        var count = 0
        relayTogether { count = adoptTopics(of: inheritance) }
        for board in allBoards { connector(of: board)?.inherited(board) }
        publishNow()
        return count
    }

    private func adoptTopics(of inheritance: Inheritance) -> Int {
        var count = 0
        for (name, inherited) in inheritance.topics where inherited.isComplete {
            guard let topic = heir(of: name) else {
                log.warning("not configured here, ends", [("topic", name)])
                continue
            }
            if !inherited.isSpoiled, topic.adopt(inherited) {
                count += 1
                relay { .changed(topic.change(since: nil)) }
            } else {
                log.warning("cannot be continued, begins anew", [("topic", name)])
            }
        }
        return count
    }

    /// Nil: this process is configured to have no such topic.
    private func heir(of name: String) -> Topic? {
        do throws(TopicRefusal) { return try topic(named: name) } catch { return nil }
    }
}
