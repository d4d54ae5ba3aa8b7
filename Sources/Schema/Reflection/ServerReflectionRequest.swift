/// One question to the reflection service; v1 and v1alpha are the same on the wire.
package struct ServerReflectionRequest: Equatable, Sendable {
    package enum Question: Equatable, Sendable {
        case fileByName(String)
        case fileContainingSymbol(String)
        case fileContainingExtension(ExtensionRequest)
        case extensionNumbers(ofType: String)
        /// The text has no meaning.
        case listServices(String)
    }

    package var host: String?
    package var question: Question?

    package init(host: String? = nil, question: Question? = nil) {
        self.host = host
        self.question = question
    }
}

extension ServerReflectionRequest: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ServerReflectionRequest"]

    package func write(to record: Record) {
        record.set(1, host)
        switch question {
        case .fileByName(let name): record.set(3, Optional(name))
        case .fileContainingSymbol(let symbol): record.set(4, Optional(symbol))
        case .fileContainingExtension(let extended): record.set(5, Optional(extended))
        case .extensionNumbers(let type): record.set(6, Optional(type))
        case .listServices(let text): record.set(7, Optional(text))
        case nil: break
        }
    }

    package init(_ record: Record) {
        host = record.get(1)
        if let name: String = record.get(3) {
            question = .fileByName(name)
        } else if let symbol: String = record.get(4) {
            question = .fileContainingSymbol(symbol)
        } else if let extended: ExtensionRequest = record.get(5) {
            question = .fileContainingExtension(extended)
        } else if let type: String = record.get(6) {
            question = .extensionNumbers(ofType: type)
        } else if let text: String = record.get(7) {
            question = .listServices(text)
        }
    }
}
