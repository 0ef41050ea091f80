import Testing

@testable import Files

@Suite struct PathPartsTests {
    @Test(arguments: [
        ("b", "", "b"), (".", "", "."), ("./b", ".", "b"), ("q/b", "q", "b"), ("q//b", "q", "b"), ("q/", "", "q"),
        ("q//", "", "q"), ("/", "/", ""),
        ("//", "/", ""), ("/b", "/", "b"), ("//b", "/", "b"), ("/q/b", "/q", "b"), ("/q//b/", "/q", "b"),
        ("../x/b", "../x", "b"), ("", "", ""),
        ("水/木", "水", "木"),
    ])
    func areAsInPOSIX(path: String, folder: String, name: String) {
        #expect(PathParts.folder(of: path) == folder)
        #expect(PathParts.name(of: path) == name)
    }
}
