import Runtime

/// Many clients of one gateway on one thread, who check every update they get; see `LoadArguments`
/// for what they do. Ends with status 1 when anything was wrong, 2 when it could not begin.
@main
struct FanoutLoad {
    static func main() {
        let arguments = LoadArguments(Array(CommandLine.arguments.dropFirst()))
        MainThread.run {
            guard let arguments else {
                StandardStreams.error(LoadArguments.usage)
                return 2
            }
            ResourceLimits.raiseDescriptors()
            do {
                let loop = try EventLoop(name: "load")
                let isSound = await LoadNode(loop: loop).run(arguments.options)
                await loop.stop()
                return isSound ? 0 : 1
            } catch {
                StandardStreams.error("fan-out load: \(error)\n")
                return 2
            }
        }
    }
}
