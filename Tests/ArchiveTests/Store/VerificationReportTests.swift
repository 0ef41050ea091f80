import Testing

@testable import Archive

@Suite struct VerificationReportTests {
    @Test(arguments: 0...6) func `a list of problems leaves out none or several, never one`(count: Int) {
        var report = VerificationReport(listing: 3)
        for number in 0..<count {
            report.add(VerificationReport.Problem(what: "it is wrong", item: "\(number)", repair: .rebuild))
        }
        #expect(report.problems.count + report.unlisted == count)
        #expect(report.unlisted != 1 && report.problems.count <= 4)
        #expect(report.problems.map(\.item) == (0..<report.problems.count).map { "\($0)" })
    }
}
