import ArgumentParser
import Hub

struct HubTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Say who may reach an archive on the hub.",
        discussion: "What is changed here counts from the next request on, on a running hub too.",
        subcommands: [CreateHubToken.self, ListHubTokens.self, RevokeHubToken.self])
}

extension TokenScope: ExpressibleByArgument {}

struct CreateHubToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access token.",
        discussion: "It is shown once: the hub keeps only its hash. A token for reading can clone and pull, and push nothing.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: "What it allows: read or write; writing includes reading.") var scope = TokenScope.write
    @Option(parsing: .unconditional, help: "Whose it is, such as `laptop`.") var label: String?
    @Argument(help: "The archive's name.") var name: String

    func run() throws {
        let token = try store.open().addToken(name: name, scope: scope, label: label)
        if json.isOn {
            JSON.object([("path", .string("/v1/archives/\(name)")), ("scope", .string(scope.rawValue)), ("token", .string(token))]).print()
        } else {
            Output.line("token  \(token)")
        }
    }
}

struct ListHubTokens: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List an archive's access tokens, without telling them.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The archive's name.") var name: String

    func run() throws {
        let tokens = try store.open().tokens(name: name)
        if json.isOn {
            JSON(tokens.map {
                ["id": .string($0.id), "scope": .string($0.scope.rawValue), "label": JSON($0.label), "created": JSON($0.created), "used": JSON($0.used)]
            }).print()
        } else {
            for token in tokens {
                let created = LocalTime.day(token.created)
                Output.line("\(token.id)  \(token.scope.rawValue)  created \(created)  used \(token.used ?? "never")  \(token.label ?? "")")
            }
        }
    }
}

struct RevokeHubToken: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Take an access token away.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The archive's name.") var name: String
    @Argument(help: "The token's ID or label, as `hub token list` shows it.") var token: String

    func run() throws {
        let id = try store.open().revokeToken(name: name, token: token)
        if json.isOn { JSON.object([("id", .string(id))]).print() } else { Output.line("revoked \(id)") }
    }
}
