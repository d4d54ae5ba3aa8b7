import Testing

/// The reader behind the rules: were it blind, the rules would hold for nothing.
@Suite struct `The reader of Swift` {
    @Test(arguments: [
        "// print(x)", "/// try! this", "/* a /* print( */ b print( */ let x = 1",
        #"let text = "print(x)""#, ##"let text = #"say "print(" "#"##,
        "func `it must not print(x)`() {}", "sprint(x)", #"let quote = "a \" print(b)""#,
    ])
    func `words in comments, literals and names are no code`(line: String) {
        let text = SwiftText([line])
        #expect(text.uses(of: "print(").isEmpty)
        #expect(text.uses(of: "try!").isEmpty)
    }

    @Test(arguments: [
        "print(x)", "  Swift.print(x)", #"let text = "\(print(x))""#, "/* */ print(x)",
        ##"let text = #"\#(print(x))"#"##, #"let a = "b"; print(a)"#,
    ])
    func `calls are found`(line: String) {
        #expect(SwiftText([line]).uses(of: "print(") == [1])
    }

    @Test func `a literal of several lines is no code`() {
        let text = SwiftText(["let a = \"\"\"", "  print(\"x\")", "  \"\"\"", "print(a)"])
        #expect(text.uses(of: "print(") == [4])
    }

    @Test func `functions are measured from declaration to closing brace`() {
        let lines = [
            "struct A {", "    func short() {}", "    package init(", "        a: Int,",
            "        b: () -> Void = { }", "    ) throws {", "        if a { b() }",
            "        call { c in", "            c", "        }", "    }",
            "    var d: Int { 1 }", "}",
        ]
        let found = SwiftText(lines).functions
        #expect(found.map(\.line) == [2, 3])
        #expect(found.map(\.length) == [1, 9])
    }
}
