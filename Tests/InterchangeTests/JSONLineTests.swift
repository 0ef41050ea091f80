import Foundation
import History
import Testing

@testable import Interchange

@Suite struct JSONLineTests {
    private struct Everything: Codable, Equatable {
        var text: String? = "甲\"\\\n\t\r\u{1}"
        var bool: Bool? = true
        var int: Int? = -1
        var int8: Int8? = 1
        var int16: Int16? = 2
        var int32: Int32? = 3
        var int64: Int64? = .min
        var uint: UInt? = 4
        var uint8: UInt8? = 5
        var uint16: UInt16? = 6
        var uint32: UInt32? = 7
        var uint64: UInt64? = .max
        var double: Double? = 0.1
        var float: Float? = 0.5
        var list: [[Int?]]? = [[1, nil], []]
        var object: Inner? = Inner()
    }

    private struct Inner: Codable, Equatable {
        var z = 1
        var a: [Empty] = [Empty(), Empty()]
    }

    private struct Empty: Codable, Equatable {}

    private static let empty = Everything(
        text: nil, bool: nil, int: nil, int8: nil, int16: nil, int32: nil, int64: nil, uint: nil, uint8: nil,
        uint16: nil, uint32: nil, uint64: nil, double: nil, float: nil, list: nil, object: nil)

    @Test func `a value is one line with its keys in their order`() throws {
        let text = JSONLine.text(Everything())
        #expect(
            text == #"{"text":"甲\"\\\n\t\r\u0001","bool":true,"int":-1,"int8":1,"int16":2,"int32":3,"#
                + #""int64":-9223372036854775808,"uint":4,"uint8":5,"uint16":6,"uint32":7,"#
                + #""uint64":18446744073709551615,"double":0.1,"float":0.5,"list":[[1,null],[]],"#
                + #""object":{"z":1,"a":[{},{}]}}"#)
        #expect(try JSONDecoder().decode(Everything.self, from: Data(text.utf8)) == Everything())
    }

    @Test func `what is nil is null, whatever its type`() throws {
        let text = JSONLine.text(Self.empty)
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object.count == 16 && object.values.allSatisfy { $0 is NSNull }, "\(text)")
    }

    private struct Sparse: Codable {
        @LeftOut var first: String?
        @LeftOut var second: [Int]?
        var third: Int?
    }

    @Test func `only what is marked so is left out`() throws {
        let text = JSONLine.text(Sparse(first: nil, second: [2], third: nil))
        #expect(text == #"{"second":[2],"third":null}"#)
        let read = try JSONDecoder().decode(Sparse.self, from: Data(text.utf8))
        #expect(read.first == nil && read.second == [2])
        #expect(JSONLine.text(Sparse(first: nil, second: nil, third: 3)) == #"{"third":3}"#)
    }

    @Test func `two values join to one object`() throws {
        let joined = Joined(Inner(z: 2, a: []), Sparse(first: "f", second: nil, third: 3))
        let text = JSONLine.text([joined, joined])
        let object = #"{"z":2,"a":[],"first":"f","third":3}"#
        #expect(text == "[\(object),\(object)]")
        let read = try JSONDecoder().decode([Joined<Inner, Sparse>].self, from: Data(text.utf8))
        #expect(read[0].first.z == 2 && read[1].second.third == 3)
    }

    @Test func `numbers that JSON has not are null`() {
        #expect(JSONLine.text([Double.nan, .infinity, 1, 1e-7]) == "[null,null,1.0,1e-07]")
    }

    @Test func `a list is written element by element`() {
        var list = JSONList()
        #expect(list.end == Array("[]".utf8))
        let bytes = list.adding(Inner(z: 1, a: [])) + list.adding("甲") + list.adding([1, 2]) + list.end
        #expect(String(decoding: bytes, as: UTF8.self) == #"[{"z":1,"a":[]},"甲",[1,2]]"#)
    }

    @Test func `fields come by the bytes of their keys, at every depth`() throws {
        let fields: Fields = [
            "题": "甲", "a": .integer(-3), "Z": .array([.text("1"), .object(["y": .integer(1), "x": "2"])]),
        ]
        let text = JSONLine.text(FieldMembers(fields))
        #expect(text == #"{"Z":["1",{"x":"2","y":1}],"a":-3,"题":"甲"}"#)
        #expect(try JSONLine.text(JSONDecoder().decode(FieldMembers.self, from: Data(text.utf8))) == text)
    }

    @Test func `a nested container is closed by whatever comes behind it`() {
        struct Nesting: Encodable {
            enum Keys: String, CodingKey { case a, b, c, d }

            func encode(to encoder: any Encoder) throws {
                var outer = encoder.container(keyedBy: Keys.self)
                var list = outer.nestedUnkeyedContainer(forKey: .a)
                try list.encode(1)
                var inner = list.nestedContainer(keyedBy: Keys.self)
                try inner.encode("x", forKey: .b)
                try list.encodeNil()
                #expect(list.count == 3)
                var object = outer.nestedContainer(keyedBy: Keys.self, forKey: .b)
                try object.encodeNil(forKey: .c)
                _ = outer.nestedContainer(keyedBy: Keys.self, forKey: .c)
                try outer.encode(true, forKey: .d)
            }
        }
        #expect(JSONLine.text([Nesting()]) == #"[{"a":[1,{"b":"x"},null],"b":{"c":null},"c":{},"d":true}]"#)
    }
}
