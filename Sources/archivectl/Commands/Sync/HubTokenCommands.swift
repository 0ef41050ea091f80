import ArgumentParser
import Hub
import Interchange

struct HubTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manage who may use an archive on the hub.",
        discussion: "Changes take effect with the next request, also on a running hub.",
        subcommands: [CreateHubToken.self, ListHubTokens.self, RevokeHubToken.self])
}

extension TokenScope: ExpressibleByArgument {}

struct CreateHubToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access token.",
        discussion:
            "The token is shown only once, because the hub keeps nothing but its hash. With a token for reading, a machine can clone and receive, but not send."
    )

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Option(parsing: .unconditional, help: "What the token allows. Writing includes reading.") var scope = TokenScope
        .write
    @Option(parsing: .unconditional, help: ArgumentHelp("Whose token it is, such as `laptop`.", valueName: "text"))
    var label: String?
    @Argument(help: "The name of the archive.") var name: String

    func run() throws {
        let token = try store.open().addToken(name: name, scope: scope, label: label)
        if json.isOn {
            Output.json(NewHubToken(path: "/v1/archives/\(name)", scope: HubTokenScope(scope), token: token))
        } else {
            Output.line("token  \(token)")
        }
    }
}

struct ListHubTokens: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the access tokens of an archive, without the tokens themselves.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The name of the archive.") var name: String

    func run() throws {
        let tokens = try store.open().tokens(name: name)
        if json.isOn {
            Output.json(tokens) {
                ListedHubToken(
                    id: $0.id, scope: HubTokenScope($0.scope), label: $0.label, created: $0.created, used: $0.used)
            }
        } else {
            for token in tokens {
                let created = LocalTime.day(token.created)
                Output.line(
                    "\(token.id)  \(token.scope.rawValue)  created \(created)  used \(token.used ?? "never")  \(token.label ?? "")"
                )
            }
            if tokens.isEmpty {
                Terminal.note(
                    "no tokens; `archivectl hub token create \(name) --store \(ShellWord.quoted(store.store))` makes one"
                )
            }
        }
    }
}

struct RevokeHubToken: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Revoke an access token.")

    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption
    @Argument(help: "The name of the archive.") var name: String
    @Argument(help: "The ID or label of the token, as `hub token list` shows it.") var token: String

    func run() throws {
        let id = try store.open().revokeToken(name: name, token: token)
        if json.isOn { Output.json(RevokedHubToken(id: id)) } else { Output.line("revoked \(id)") }
    }
}

extension HubTokenScope {
    fileprivate init(_ scope: TokenScope) {
        self =
            switch scope {
            case .read: .read
            case .write: .write
            }
    }
}
