/// The cause of an error in a form that programs may compare.
package struct ErrorInfo: Equatable, Sendable {
    /// UPPER_SNAKE_CASE, unique within the domain.
    package var reason: String?
    package var domain: String?
    /// Figures of this error; each key once.
    package var metadata: [Entry]

    package init(reason: String? = nil, domain: String? = nil, metadata: [Entry] = []) {
        self.reason = reason
        self.domain = domain
        self.metadata = metadata
    }
}

extension ErrorInfo: WireMessage {
    package static let table = TableSet.shared["google.rpc.ErrorInfo"]

    package func write(to record: Record) {
        record.set(1, reason)
        record.set(2, domain)
        record.set(3, metadata)
    }

    package init(_ record: Record) {
        reason = record.get(1)
        domain = record.get(2)
        metadata = record.list(3)
    }
}

extension ErrorInfo {
    /// One figure and its name.
    package struct Entry: Equatable, Sendable {
        package var key: String?
        package var value: String?

        package init(key: String? = nil, value: String? = nil) {
            self.key = key
            self.value = value
        }
    }
}

extension ErrorInfo.Entry: WireMessage {
    package static let table = TableSet.shared["google.rpc.ErrorInfo.MetadataEntry"]

    package func write(to record: Record) {
        record.set(1, key)
        record.set(2, value)
    }

    package init(_ record: Record) {
        key = record.get(1)
        value = record.get(2)
    }
}
