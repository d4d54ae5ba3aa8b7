/// Stand-in until TLS arrives.
struct TLSTrust: Sendable {
    static let system: Result<TLSTrust, SystemError> = .failure(
        .insecure(doing: "connect", reason: "TLS is not built yet"))
}

final class TLSSession {
    enum Progress {
        case done, wait
        case failed(SystemError)
    }

    var failure: SystemError?
    var wantsToWrite = false
    var hasPendingBytes: Bool { false }

    init(_ trust: TLSTrust, _ socket: Int32, host: String) throws(SystemError) {}

    func handshake() -> Progress { .done }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
    func write(_ bytes: UnsafeRawBufferPointer) -> Int { 0 }
    func sendCloseNotify() {}
}
