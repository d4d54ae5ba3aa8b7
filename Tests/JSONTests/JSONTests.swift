import Testing

@testable import JSON

@Suite struct JSONTests {
    let parser = JSONParser(bytesMax: 1 << 20, depthMax: 8)

    func parse(_ text: String) throws(JSONError) -> JSONValue { try parser.parse(Array(text.utf8)) }

    func error(of text: String) -> JSONError? {
        do {
            _ = try parse(text)
            return nil
        } catch { return error }
    }

    @Test func `members are found by key at any place, missing ones are nil`() throws {
        let value = try parse(#"{"a":{"b":[1,{"x":2}],"c":"z"},"u":7,"s":"BTCUSDT"}"#)
        #expect(value["s"]?.text == "BTCUSDT")
        #expect(value["u"]?.uint64 == 7)
        #expect(value["a"]?["c"]?.text == "z")
        #expect(value["a"]?["b"]?[1]?["x"]?.int64 == 2)
        #expect(value["x"] == nil)
        #expect(value["b"] == nil)
        #expect(value["a"]?["b"]?[2] == nil)
        #expect(value["s"]?["a"] == nil)
        #expect(value.count == 3)
    }

    @Test func `integers keep 64 bits, and neither sign nor range is guessed`() throws {
        let value = try parse(#"[18446744073709551615,-9223372036854775808,-1,0,1.5,1e3]"#)
        #expect(value[0]?.uint64 == .max)
        #expect(value[0]?.int64 == nil)
        #expect(value[1]?.int64 == .min)
        #expect(value[2]?.uint64 == nil)
        #expect(value[3]?.uint64 == 0 && value[3]?.int64 == 0)
        #expect(value[4]?.kind == .double && value[4]?.int64 == nil && value[4]?.uint64 == nil)
        #expect(value[5]?.int64 == nil)
        #expect(value[4]?.double == 1.5 && value[5]?.double == 1000 && value[3]?.double == nil)
    }

    @Test func `every kind is told from the others`() throws {
        let value = try parse(#"[{},[],"",1,18446744073709551615,0.5,true,false,null]"#)
        let kinds = value.elements.map(\.kind)
        #expect(
            kinds == [
                .object, .array, .string, .signed, .unsigned, .double, .true, .false, .null,
            ])
        #expect(value[6]?.bool == true && value[7]?.bool == false && value[8]?.bool == nil)
        #expect(value[8]?.isNull == true)
        #expect(value.elements.map(\.count) == [0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `strings are unescaped and lent as bytes`() throws {
        let value = try parse(#"{"k\"ey":"a\n\u00e9\ud83d\ude00\\","e":""}"#)
        #expect(value["k\"ey"]?.text == "a\né😀\\")
        #expect(value["k\"ey"]?.equals("a\né😀\\") == true)
        #expect(value["e"]?.byteCount == 0)
        let count = value["k\"ey"]?.withBytes { $0.byteCount }
        #expect(count == 9)
        #expect(value.withBytes { $0.byteCount } == nil)
        #expect(value["e"]?.equals("x") == false)
    }

    @Test func `elements and members come in order and skip what they contain`() throws {
        let value = try parse(#"{"b":[[1,2],{"z":3},"s"],"a":-1,"b":9}"#)
        #expect(value.members.map { $0.key.text } == ["b", "a", "b"])
        #expect(value["b"]?.elements.map { $0.isArray } == [true, false, false])
        #expect(value["a"]?.elements.map { $0.tag } == [])
        #expect(value["b"]?.members.map { $0.key.text } == [])
    }

    @Test(arguments: [
        ("", JSONError.empty), ("  ", .empty), ("{\"a\":", .malformed(code: 3)),
        ("{\"a\":1}}", .malformed(code: 3)), ("\"abc", .badString), ("[\"\\x\"]", .badString),
        ("[01]", .badNumber), ("[184467440737095516160]", .badNumber), ("nul", .malformed(code: 8)),
        ("[[[[[[[[[1]]]]]]]]]", .tooDeep(depthMax: 8)),
    ])
    func `a broken document is a typed error`(text: String, expected: JSONError) {
        #expect(error(of: text) == expected)
    }

    @Test func `the limits hold on both sides`() throws {
        #expect(error(of: "[[[[[[[1]]]]]]]") == nil)
        let limit = parser.bytesMax
        #expect(error(of: "\"" + String(repeating: "x", count: limit - 2) + "\"") == nil)
        let long = "\"" + String(repeating: "x", count: limit - 1) + "\""
        #expect(error(of: long) == .tooLarge(bytesMax: limit))
    }

    @Test func `ill-formed UTF-8 is refused`() {
        #expect(throws: JSONError.notUTF8) { _ = try parser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func `an error leaves the parser usable`() throws {
        #expect(error(of: "{") != nil)
        #expect(try parse("[1]")[0]?.int64 == 1)
    }

    @Test func `every prefix of a document is an error, never a crash`() throws {
        let text = Array(#"{"e":"trade","t":[1,-2.5e3,true,null],"p":"61602.02\u0041"}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { _ = try parser.parse(Array(text[..<count])) }
        }
        #expect(try parser.parse(text)["e"]?.equals("trade") == true)
    }
}
