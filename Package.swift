// swift-tools-version: 6.2
import PackageDescription

// `make lint` sets LINT: every warning in our own targets is then an error.
let strict: [SwiftSetting] = Context.environment["LINT"] == nil ? [] : [.treatAllWarnings(as: .error)]
// The layers below the commands are one program: the optimizer may inline across them.
let layer = strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let package = Package(
    name: "archivectl",
    products: [
        .executable(name: "archivectl", targets: ["archivectl"]),
        .library(name: "Archive", targets: ["Archive", "History", "Prose"]),
        .library(name: "Sync", targets: ["Sync", "History", "Prose"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // No pkgConfig: its flags would link libcurl, which is loaded when it is needed.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLinux"),
        // It needs no header: libxml2 is loaded when it is needed.
        .systemLibrary(name: "CXML"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Each target may use those above it; the compiler sees to it. docs/architecture.md says what each is for.
        .target(name: "Prose", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: layer),
        .target(
            name: "History", dependencies: ["Prose", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: layer),
        .target(name: "Files", dependencies: ["CLinux", "History"], swiftSettings: layer),
        .target(
            name: "Archive",
            dependencies: [
                "CLinux", "CXML", "CZlib", "CZstd", "Files", "History", "Prose",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Store/schema.sql")],
            swiftSettings: layer),
        .target(name: "Interchange", dependencies: ["Archive", "History", "Prose"], swiftSettings: layer),
        .target(
            name: "Sync",
            dependencies: [
                "Archive", "CCurl", "CZstd", "Files", "History", "Prose",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "HTTPServing",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Hub",
            dependencies: [
                "Files", "History", "HTTPServing", "Prose", "Sync",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "archivectl",
            dependencies: [
                "Archive", "Files", "History", "HTTPServing", "Hub", "Interchange", "Prose", "Sync",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict,
            // The static standard library has all symbols exported, for plug-ins. We have none, and a command starts 1 ms sooner.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]),
        // The simulator, which `make simulate` builds for speed and the tests use as it is. Not shipped.
        .target(
            name: "Simulation",
            dependencies: [
                "Archive", "Files", "History", "Prose", "Sync", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate", swiftSettings: strict),
        // JSON Schemas of what the commands print, which `make schema` writes and the tests check. Not shipped.
        .target(
            name: "Schemas", dependencies: ["Archive", "History", "Interchange", "Prose"], path: "Tools/Schemas",
            swiftSettings: strict),
        .executableTarget(
            name: "write-schemas", dependencies: ["Schemas"], path: "Tools/write-schemas", swiftSettings: strict),
        .executableTarget(
            name: "benchmark-merge", dependencies: ["History", "Prose"], path: "Benchmarks/merge", exclude: ["run"],
            swiftSettings: strict),
        .executableTarget(
            name: "benchmark-split", dependencies: ["Prose"], path: "Benchmarks/split", swiftSettings: strict),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "SyncTesting", dependencies: ["History", "Sync"], path: "Tests/SyncTesting", swiftSettings: strict),
        .testTarget(name: "ProseTests", dependencies: ["Prose", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "HistoryTests", dependencies: ["History", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
        .testTarget(
            name: "ArchiveTests",
            dependencies: ["Archive", "TestSupport", .product(name: "GRDBSQLite", package: "GRDB.swift")],
            exclude: ["Store/Migrations/schema-7.db.zst"], swiftSettings: strict),
        .testTarget(name: "InterchangeTests", dependencies: ["History", "Interchange"], swiftSettings: strict),
        .testTarget(
            name: "SyncTests", dependencies: ["Archive", "Simulation", "Sync", "SyncTesting", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HubTests",
            dependencies: [
                "HTTPServing", "Hub", "Sync", "SyncTesting", "TestSupport", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["Interchange", "Schemas", "TestSupport", "archivectl"],
            swiftSettings: strict),
    ]
)

// `Fuzz/run` sets FUZZ: the target has no main function of its own and links with libFuzzer only.
if Context.environment["FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["Archive", "Sync"], path: "Fuzz", exclude: ["hub", "run", "seeds"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
