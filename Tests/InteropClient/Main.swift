internal import Runtime

/// grpc's interop tests with our client: one case, exit status 0 if it passed. Takes the flags that
/// grpc's own clients take.
@main
struct InteropClient {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        MainThread.run {
            do {
                let options = try InteropOptions(words)
                let loop = try EventLoop(name: "interop")
                let runner = InteropRunner(loop: loop, options: options)
                let outcome = await runner.run()
                await loop.stop()
                try outcome.get()
                StandardStreams.output("\(options.testCase.rawValue): passed\n")
                return 0
            } catch {
                StandardStreams.error("interop client: \(error)\n")
                return 1
            }
        }
    }
}
