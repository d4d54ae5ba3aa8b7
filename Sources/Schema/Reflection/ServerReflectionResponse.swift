/// The answer to one question of the reflection service.
package struct ServerReflectionResponse: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
        case files(FileDescriptorResponse)
        case extensionNumbers(ExtensionNumberResponse)
        case services(ListServiceResponse)
        case error(ErrorResponse)
    }

    package var validHost: String?
    package var originalRequest: ServerReflectionRequest?
    package var answer: Answer?

    package init(
        validHost: String? = nil, originalRequest: ServerReflectionRequest? = nil,
        answer: Answer? = nil
    ) {
        self.validHost = validHost
        self.originalRequest = originalRequest
        self.answer = answer
    }
}

extension ServerReflectionResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ServerReflectionResponse"]

    package func write(to record: Record) {
        record.set(1, validHost)
        record.set(2, originalRequest)
        switch answer {
        case .files(let files): record.set(4, Optional(files))
        case .extensionNumbers(let numbers): record.set(5, Optional(numbers))
        case .services(let services): record.set(6, Optional(services))
        case .error(let error): record.set(7, Optional(error))
        case nil: break
        }
    }

    package init(_ record: Record) {
        validHost = record.get(1)
        originalRequest = record.get(2)
        if let files: FileDescriptorResponse = record.get(4) {
            answer = .files(files)
        } else if let numbers: ExtensionNumberResponse = record.get(5) {
            answer = .extensionNumbers(numbers)
        } else if let services: ListServiceResponse = record.get(6) {
            answer = .services(services)
        } else if let error: ErrorResponse = record.get(7) {
            answer = .error(error)
        }
    }
}
