package import GRPC
package import Schema

/// gRPC's server reflection, v1 and v1alpha (the same messages under two names): lets generic
/// clients find services and read the descriptors of everything they exchange.
package final class ReflectionService: RPCService {
    package let name = "grpc.reflection.v1.ServerReflection"
    private static let paths = ["v1", "v1alpha"].map { version in
        "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo"
    }

    private let descriptors: DescriptorSet
    private let services: [String]

    /// Lists the services that have a method in the router, so it comes after all others.
    package init(descriptors: DescriptorSet = .embedded, router: RPCRouter) {
        self.descriptors = descriptors
        let paths = router.paths + Self.paths
        services = descriptors.services.filter { name in
            paths.contains { $0.hasPrefix("/\(name)/") }
        }
    }

    package func register(in router: RPCRouter) {
        for path in Self.paths {
            router.register(path) { _ in ReflectionHandler(self) }
        }
    }

    /// Answers one question. What is not there is an answer with code NOT_FOUND, not the end of
    /// the call.
    package func answer(_ request: ServerReflectionRequest) -> ServerReflectionResponse {
        let answer: ServerReflectionResponse.Answer =
            switch request.question {
            case .fileByName(let name):
                files(descriptors.file(named: name), "file \(name)")
            case .fileContainingSymbol(let symbol):
                files(descriptors.file(containing: symbol), "symbol \(symbol)")
            case .fileContainingExtension(let wanted): files(extending: wanted)
            case .extensionNumbers(let type): numbers(of: type)
            case .listServices:
                .services(
                    ListServiceResponse(services: services.map { ServiceResponse(name: $0) }))
            case nil:
                .error(
                    ErrorResponse(
                        code: Int32(RPCCode.invalidArgument.rawValue), message: "no question"))
            }
        return ServerReflectionResponse(
            validHost: request.host, originalRequest: request, answer: answer)
    }

    /// The file first, since clients take the first for what they asked; then what it imports.
    private func files(
        _ file: DescriptorSet.File?, _ what: String
    ) -> ServerReflectionResponse.Answer {
        guard let file else { return notFound(what) }
        let others = descriptors.withDependencies(file).filter { $0.name != file.name }
        return .files(FileDescriptorResponse(files: [file.bytes] + others.map(\.bytes)))
    }

    private func files(extending wanted: ExtensionRequest) -> ServerReflectionResponse.Answer {
        let (type, number) = (wanted.containingType ?? "", wanted.extensionNumber ?? 0)
        let file = UInt32(exactly: number).flatMap { descriptors.file(extending: type, number: $0) }
        return files(file, "extension \(number) of \(type)")
    }

    private func numbers(of type: String) -> ServerReflectionResponse.Answer {
        guard let numbers = descriptors.extensionNumbers(of: type) else {
            return notFound("message \(type)")
        }
        return .extensionNumbers(
            ExtensionNumberResponse(
                baseTypeName: type, extensionNumbers: numbers.map { Int32($0) }))
    }

    private func notFound(_ what: String) -> ServerReflectionResponse.Answer {
        .error(
            ErrorResponse(
                code: Int32(RPCCode.notFound.rawValue), message: "\(what) is not known"))
    }
}
