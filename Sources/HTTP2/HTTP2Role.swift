/// Which end of the connection we are (RFC 9113 §3.4: the client speaks its preface first).
package enum HTTP2Role: Sendable { case server, client }
