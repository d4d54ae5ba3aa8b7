/// Fresh credentials.
package struct AuthRefresh: Equatable, Sendable {
    package var token: String?

    package init(token: String? = nil) {
        self.token = token
    }
}

extension AuthRefresh: WireMessage {
    package static let table = TableSet.shared["penstock.v1.AuthRefresh"]

    package func write(to record: Record) {
        record.set(1, token)
    }

    package init(_ record: Record) {
        token = record.get(1)
    }
}
