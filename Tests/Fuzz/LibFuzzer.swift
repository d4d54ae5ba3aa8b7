#if FUZZING
import FuzzTargets
import Glibc
import Runtime

// What libFuzzer's own `main` calls. The program's first argument names the target:
//
//     Fuzz TARGET [options and folders of libFuzzer]

nonisolated(unsafe) private var target = FuzzTarget.http2

@_cdecl("LLVMFuzzerInitialize")
func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard count.pointee > 1, let name = arguments.pointee[1],
        let chosen = FuzzTarget(rawValue: String(cString: name))
    else {
        StandardStreams.error("usage: Fuzz TARGET [options]; see make fuzz\n")
        exit(2)
    }
    target = chosen
    // libFuzzer sees the rest.
    arguments.pointee[1] = arguments.pointee[0]
    arguments.pointee += 1
    count.pointee -= 1
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count)))
    return 0
}
#endif
