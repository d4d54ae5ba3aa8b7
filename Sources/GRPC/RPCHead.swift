/// The header block of an acceptable call. Calls whose blocks are equal share one.
final class RPCHead {
    let path: String
    let contentType: RPCContentType
    let timeout: Duration?
    let authority: String
    let encoding: RPCEncoding
    let acceptsGzip: Bool
    let metadata: Metadata

    init(
        path: String, contentType: RPCContentType, timeout: Duration?, authority: String,
        encoding: RPCEncoding, acceptsGzip: Bool, metadata: Metadata
    ) {
        self.path = path
        self.contentType = contentType
        self.timeout = timeout
        self.authority = authority
        self.encoding = encoding
        self.acceptsGzip = acceptsGzip
        self.metadata = metadata
    }

    /// The same with a path and metadata that others hold already.
    func sharing(path: String, metadata: Metadata) -> RPCHead {
        RPCHead(
            path: path, contentType: contentType, timeout: timeout, authority: authority,
            encoding: encoding, acceptsGzip: acceptsGzip, metadata: metadata)
    }
}
