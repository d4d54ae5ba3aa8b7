internal import Runtime

/// Many clients of one gateway on one thread, who check every update they get; see `LoadOptions`
/// for what they do. Ends with status 1 when anything was wrong, 2 when it could not begin.
@main
struct FanoutLoad {
    static func main() {
        let options = LoadOptions(Array(CommandLine.arguments.dropFirst()))
        MainThread.run {
            guard let options else {
                StandardStreams.error(LoadOptions.usage)
                return 2
            }
            ResourceLimits.raiseDescriptors()
            do {
                let loop = try EventLoop(name: "load")
                let isSound = await LoadNode(loop: loop).run(options)
                await loop.stop()
                return isSound ? 0 : 1
            } catch {
                StandardStreams.error("fan-out load: \(error)\n")
                return 2
            }
        }
    }
}
