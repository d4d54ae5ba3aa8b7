import Base
import GRPC
import HTTP2

/// The first byte chooses the field.
enum MetadataTarget {
    static func run(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let text = input.extracting(1..<input.byteCount).text()
        switch input.byte(0) % 4 {
        case 0:
            let metadata = Metadata([HTTP2Field("k-bin", text)])
            for value in metadata.binaryValues("k-bin") {
                var copy = Metadata()
                copy.add("k-bin", bytes: value)
                precondition(copy.binaryValues("k-bin") == [value], "bytes changed on their way")
            }
        case 1:
            if let timeout = RPCTimeout.parse(text) {
                precondition(timeout >= .zero, "a timeout in the past")
                _ = Instant(nanoseconds: 0) + timeout
            }
        case 2:
            let decoded = PercentEncoding.decode(text)
            let encoded = PercentEncoding.encode(decoded)
            precondition(PercentEncoding.decode(encoded) == decoded, "a text changed on its way")
        default: _ = RPCEncoding.acceptsGzip(text)
        }
    }
}
