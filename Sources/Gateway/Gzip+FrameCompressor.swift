internal import Base
internal import Core
package import GRPC

extension Gzip: FrameCompressor {}

extension RPCCall {
    /// Whether the messages of this stream may be compressed; the response headers say so.
    func agreeOnGzip(with hub: Hub) -> Bool {
        guard acceptsGzip, hub.compresses else { return false }
        responseEncoding = .gzip
        return true
    }
}
