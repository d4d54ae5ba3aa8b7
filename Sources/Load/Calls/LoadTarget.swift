package import Runtime

/// The gateway that a load goes to, and who we say we are.
package struct LoadTarget: Sendable {
    package var endpoint: Endpoint
    /// Shown with every call; nil: none.
    package var token: String?

    package init(_ endpoint: Endpoint, token: String? = nil) {
        (self.endpoint, self.token) = (endpoint, token)
    }

    /// What calls ask for: the name that the certificate must carry, where one was given.
    var authority: String {
        guard let name = endpoint.tls?.serverName else { return endpoint.description }
        return "\(name):\(endpoint.port)"
    }

    /// Bytes that a connection lends the server, for each call and for all together.
    package struct Windows: Sendable {
        package var stream = FrameWriter.defaultWindow
        package var connection = FrameWriter.defaultWindow

        package init() {}
    }
}
