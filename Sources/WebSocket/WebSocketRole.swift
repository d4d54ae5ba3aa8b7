/// Which end of the connection we are. Clients mask what they send, servers do not (RFC 6455 §5.1).
package enum WebSocketRole: Sendable { case client, server }
