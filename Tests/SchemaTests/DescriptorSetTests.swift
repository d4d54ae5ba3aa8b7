import Schema
import Testing

@Suite struct `Descriptor set` {
    private let set = DescriptorSet.embedded

    @Test func `all services are listed`() {
        #expect(
            set.services.sorted() == [
                "grpc.channelz.v1.Channelz", "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
                "penstock.handover.v1.Handover", "penstock.v1.MarketData",
            ])
    }

    @Test func `a file comes after everything it imports`() {
        var known: Set<String> = []
        for file in set.files {
            #expect(known.isSuperset(of: file.dependencies))
            known.insert(file.name)
        }
        #expect(known.contains("google/protobuf/descriptor.proto"))
    }

    @Test func `a file brings its dependencies, each once`() throws {
        let file = try #require(set.file(named: "penstock/v1/market_data.proto"))
        #expect(
            set.withDependencies(file).map(\.name) == [
                "google/protobuf/descriptor.proto", "penstock/v1/options.proto",
                "penstock/v1/market_data.proto",
            ])
        #expect(file.package == "penstock.v1")
    }

    @Test(arguments: [
        ("penstock.v1.MarketData", "penstock/v1/market_data.proto"),
        ("penstock.v1.MarketData.Subscribe", "penstock/v1/market_data.proto"),
        ("penstock.v1.Update", "penstock/v1/market_data.proto"),
        ("penstock.v1.Update.base_sequence", "penstock/v1/market_data.proto"),
        ("penstock.v1.Gap.Reason", "penstock/v1/market_data.proto"),
        ("penstock.v1.STATUS_LIVE", "penstock/v1/market_data.proto"),
        ("penstock.v1.exponent", "penstock/v1/options.proto"),
        ("google.protobuf.FieldOptions", "google/protobuf/descriptor.proto"),
        ("grpc.health.v1.Health.Check", "grpc/health/v1/health.proto"),
        ("grpc.health.v1.HealthListResponse.StatusesEntry", "grpc/health/v1/health.proto"),
        ("grpc.channelz.v1.Channelz.GetSocket", "grpc/channelz/v1/channelz.proto"),
        ("grpc.channelz.v1.Security.Tls", "grpc/channelz/v1/channelz.proto"),
        ("google.protobuf.Any", "google/protobuf/any.proto"),
        ("google.rpc.ErrorInfo", "google/rpc/error_details.proto"),
        (
            "grpc.reflection.v1.ServerReflectionRequest.message_request",
            "grpc/reflection/v1/reflection.proto"
        ),
    ])
    func `a symbol leads to its file`(symbol: String, file: String) {
        #expect(set.file(containing: symbol)?.name == file)
    }

    @Test(arguments: ["", "Update", "penstock.v1", "penstock.v1.Nothing", ".penstock.v1.Update"])
    func `a symbol that is none leads nowhere`(symbol: String) {
        #expect(set.file(containing: symbol) == nil)
    }

    @Test func `extensions are found by type and number`() {
        #expect(set.extensionNumbers(of: "google.protobuf.FieldOptions") == [50100, 50101])
        #expect(set.extensionNumbers(of: "penstock.v1.Update") == [])
        #expect(set.extensionNumbers(of: "penstock.v1.Nothing") == nil)
        let file = set.file(extending: "google.protobuf.FieldOptions", number: 50101)
        #expect(file?.name == "penstock/v1/options.proto")
        #expect(set.file(extending: "google.protobuf.FieldOptions", number: 1) == nil)
    }

    @Test func `options reach the tables`() throws {
        let side = try #require(set.options(of: "penstock.v1.BookSide"))
        #expect(side.isColumns)
        #expect(side.fields[1]?.exponent == 3 && side.fields[2]?.exponent == 4)
        let tick = try #require(set.options(of: "penstock.v1.Tick"))
        #expect(!tick.isColumns)
        #expect(tick.fields[1]?.exponent == 5 && tick.fields[5]?.exponent == nil)
    }

    @Test func `a broken descriptor set is read up to the break`() {
        let bytes = DescriptorSet.embeddedBytes
        #expect(DescriptorSet(Array(bytes.prefix(100))).files.isEmpty)
        #expect(DescriptorSet([]).services.isEmpty)
    }
}
