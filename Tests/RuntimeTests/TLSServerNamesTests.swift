import Testing

@testable import Runtime

@Suite struct TLSServerNamesTests {
    private let names: TLSServerNames = {
        var names = TLSServerNames()
        names.add(["a.example", "*.desk.example"], of: 0)
        names.add(["x.desk.example", "A.EXAMPLE", "*.desk.example", "*.com", "*"], of: 1)
        return names
    }()

    @Test(arguments: [
        ("a.example", 0), ("A.Example.", 0), ("x.desk.example", 1), ("y.desk.example", 0),
        ("Y.DESK.example.", 0),
    ])
    func `an exact name goes before a wildcard, the earlier before the later`(
        _ name: String, _ index: Int
    ) {
        #expect(names.index(of: name) == index)
    }

    @Test(arguments: [
        "", ".", "example", "desk.example", ".desk.example", "x.y.desk.example", "b.com", "com",
        "*", "b.example",
    ])
    func `a wildcard stands for one whole label, never for everybody`(_ name: String) {
        #expect(names.index(of: name) == nil)
    }
}
