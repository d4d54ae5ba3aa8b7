internal import Base
internal import Runtime

/// How event loops hand the sends of a turn to the kernel: one call each, beside epoll, or together
/// through io_uring.
enum SendMethod: String, CaseIterable {
    case epoll
    case ring = "io-uring"
    /// io_uring where the kernel lets us, else epoll.
    case auto

    static let option = Arguments.Option(
        name: "--io", value: "METHOD", help: "how sends are made: auto (default), io-uring, epoll")

    init(_ text: String, at place: String) throws(UsageError) {
        guard let method = Self(rawValue: text) else {
            let allowed = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("\(place) \"\(text)\": expected one of: \(allowed)")
        }
        self = method
    }

    /// Opens the loops of a command. A method that the system refuses is the user's to change.
    func loops(_ count: Int) throws -> [EventLoop] {
        var loops: [EventLoop] = []
        for number in 0..<count {
            loops.append(try EventLoop(name: "loop-\(number)", sendRing: try ring(ofLoop: number)))
        }
        return loops
    }

    private func ring(ofLoop number: Int) throws(UsageError) -> SendRing? {
        if self == .epoll { return nil }
        do throws(SystemError) { return try SendRing() } catch {
            if self == .ring { throw UsageError("io \"io-uring\": \(error); allowed here: epoll") }
            if number == 0 {
                Log("penstock").info("sends go through epoll", [("reason", "\(error)")])
            }
            return nil
        }
    }
}
