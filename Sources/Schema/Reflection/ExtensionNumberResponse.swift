/// Numbers of the known extensions of a message.
package struct ExtensionNumberResponse: Equatable, Sendable {
    package var baseTypeName: String?
    package var extensionNumbers: [Int32]

    package init(baseTypeName: String? = nil, extensionNumbers: [Int32] = []) {
        self.baseTypeName = baseTypeName
        self.extensionNumbers = extensionNumbers
    }
}

extension ExtensionNumberResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ExtensionNumberResponse"]

    package func write(to record: Record) {
        record.set(1, baseTypeName)
        record.set(2, extensionNumbers)
    }

    package init(_ record: Record) {
        baseTypeName = record.get(1)
        extensionNumbers = record.list(2)
    }
}
