/// Names an extension by what it extends and its number.
package struct ExtensionRequest: Equatable, Sendable {
    package var containingType: String?
    package var extensionNumber: Int32?

    package init(containingType: String? = nil, extensionNumber: Int32? = nil) {
        self.containingType = containingType
        self.extensionNumber = extensionNumber
    }
}

extension ExtensionRequest: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ExtensionRequest"]

    package func write(to record: Record) {
        record.set(1, containingType)
        record.set(2, extensionNumber)
    }

    package init(_ record: Record) {
        containingType = record.get(1)
        extensionNumber = record.get(2)
    }
}
