internal import Runtime

/// Many subscribers, each on a connection of its own, that come back from their positions and
/// check every update. Says at SIGHUP what they saw.
///
///     HandoverDrill ADDRESS COUNT TOPIC…      topics are dealt out in turn
@main
struct HandoverDrill {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        MainThread.run {
            guard words.count > 2, let address = SocketAddress(words[0]), let count = Int(words[1])
            else {
                StandardStreams.error("usage: HandoverDrill ADDRESS COUNT TOPIC…\n")
                return 2
            }
            do {
                ResourceLimits.raiseDescriptors()
                let loop = try EventLoop(name: "drill")
                let crowd = Crowd(loop: loop, address: address, topics: Array(words[2...]))
                try await crowd.run(count: count)
                await loop.stop()
                return 0
            } catch {
                StandardStreams.error("handover drill: \(error)\n")
                return 1
            }
        }
    }
}
