import Core
import GRPC

/// Looks from outside whether everything of a world is gone after its end.
final class LeakWatch {
    private final class Place {
        let name: String
        weak var object: AnyObject?

        init(_ name: String, _ object: AnyObject) { (self.name, self.object) = (name, object) }
    }

    private var places: [Place] = []

    func watch(_ object: AnyObject, as name: String) {
        places.append(Place(name, object))
    }

    /// A call keeps its hub.
    func watch(_ loop: ServerLoop) {
        watch(loop, as: "loop")
        watch(loop.hub, as: "hub")
        watch(loop.router, as: "router")
        watch(loop.turn, as: "turn")
        for end in loop.ends {
            watch(end, as: "server \(end.number)")
            watch(end.machine, as: "connection \(end.number)")
        }
    }

    /// A subscription keeps its topic.
    func watchTopics(of venue: VirtualVenue) {
        for topic in venue.topics { watch(topic, as: topic.name) }
    }

    func check(_ judge: Judge) throws(Violation) {
        let left = places.filter { $0.object != nil }.map(\.name)
        judge.require(
            left.isEmpty, .leak,
            "\(left.count) objects are left: \(left.prefix(5).joined(separator: ", "))")
        try judge.check()
    }
}
