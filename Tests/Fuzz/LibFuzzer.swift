#if FUZZING
import FuzzTargets
import Glibc
import Runtime

// What libFuzzer's own `main` calls. The environment names the target, as a merge starts the
// program again with arguments of its own:
//
//     TARGET=… Fuzz [options and folders of libFuzzer]

private let target: FuzzTarget = {
    guard let name = getenv("TARGET"), let target = FuzzTarget(rawValue: String(cString: name))
    else {
        StandardStreams.error("TARGET names none; see make fuzz\n")
        _exit(2)
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count)))
    return 0
}
#endif
