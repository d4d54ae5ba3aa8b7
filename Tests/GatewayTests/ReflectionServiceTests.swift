import Base
import GRPC
import Gateway
import Schema
import Testing

@Suite struct ReflectionServiceTests {
    let pair = RPCPair()

    init() {
        HealthService().register(in: pair.router)
        ReflectionService(router: pair.router).register(in: pair.router)
    }

    func ask(
        _ question: ServerReflectionRequest.Question?, version: String = "v1"
    ) throws -> ServerReflectionResponse {
        let request = ServerReflectionRequest(host: "h", question: question)
        let reply = pair.call(
            "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo",
            request.encoded(.protobuf))
        #expect(reply.status == .ok)
        let bytes = try #require(reply.messages.first)
        let response = try bytes.withRawSpan { span throws(SchemaError) in
            try ServerReflectionResponse(decoding: span, .protobuf)
        }
        #expect(response.originalRequest == request)
        #expect(response.validHost == "h")
        return response
    }

    @Test(arguments: ["v1", "v1alpha"])
    func `services with registered methods are listed, others are not`(version: String) throws {
        let response = try ask(.listServices(""), version: version)
        guard case .services(let list)? = response.answer else {
            Issue.record("no list")
            return
        }
        let names = list.services.compactMap(\.name)
        #expect(names.contains("grpc.health.v1.Health"))
        #expect(names.contains("grpc.reflection.v1.ServerReflection"))
        #expect(!names.contains("penstock.v1.MarketData"))
    }

    @Test(arguments: [
        ServerReflectionRequest.Question.fileByName("penstock/v1/market_data.proto"),
        .fileContainingSymbol("penstock.v1.MarketData"),
        .fileContainingSymbol("penstock.v1.MarketData.Subscribe"),
        .fileContainingSymbol("penstock.v1.Update"),
    ])
    func `a file comes first, with all that it imports`(
        question: ServerReflectionRequest.Question
    ) throws {
        guard case .files(let files)? = try ask(question).answer else {
            Issue.record("no files")
            return
        }
        let set = DescriptorSet.embedded
        let wanted = try #require(set.file(named: "penstock/v1/market_data.proto"))
        #expect(files.files.first == wanted.bytes)
        #expect(Set(files.files) == Set(set.withDependencies(wanted).map(\.bytes)))
        #expect(files.files.count == set.withDependencies(wanted).count)
    }

    @Test(arguments: [
        ServerReflectionRequest.Question.fileByName("nothing.proto"),
        .fileContainingSymbol("no.Such"),
        .fileContainingExtension(
            ExtensionRequest(containingType: "penstock.v1.Update", extensionNumber: -1)),
        .extensionNumbers(ofType: "no.Such"),
    ])
    func `what is not there is an answer with NOT_FOUND`(
        question: ServerReflectionRequest.Question
    ) throws {
        guard case .error(let error)? = try ask(question).answer else {
            Issue.record("no error")
            return
        }
        #expect(error.code == 5)
    }

    @Test func `the extensions of a message can be found by type and number`() throws {
        let type = "google.protobuf.FieldOptions"
        guard case .extensionNumbers(let found)? = try ask(.extensionNumbers(ofType: type)).answer,
            let number = found.extensionNumbers.first
        else {
            Issue.record("no numbers")
            return
        }
        let question = ServerReflectionRequest.Question.fileContainingExtension(
            ExtensionRequest(containingType: type, extensionNumber: number))
        guard case .files(let files)? = try ask(question).answer else {
            Issue.record("no files")
            return
        }
        #expect(
            files.files.first
                == DescriptorSet.embedded.file(named: "penstock/v1/options.proto")?.bytes)
    }

    @Test func `one call answers many questions, and an empty one is refused in band`() throws {
        guard case .error(let error)? = try ask(nil).answer else {
            Issue.record("no error")
            return
        }
        #expect(error.code == 3)
        let request = ServerReflectionRequest(question: .listServices("")).encoded(.protobuf)
        let reply = pair.call(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", request, halfClose: false)
        for _ in 0..<3 { _ = request.withRawSpan { reply.call!.send($0) } }
        pair.exchange()
        #expect(reply.messages.count == 4)
        #expect(reply.status == nil)
    }
}
