package import GRPC

/// Who the client says it is, for the calls begun from now on. Confined to the client's loop.
package final class ClientCredentials {
    package var token: String?

    package init(token: String? = nil) { self.token = token }

    package var metadata: Metadata {
        var metadata = Metadata()
        if let token { metadata.add("authorization", "Bearer \(token)") }
        return metadata
    }
}
