using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Web;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Words;

namespace DrOrchestrator.Cli.Commands;

/// <summary>
/// <c>dro token ...</c>: tokens of people. An admin asks a server; <c>--estate</c> beside <c>--data</c> goes to the records of that folder instead, for whoever can write it: the
/// first admin has no token yet.
/// </summary>
internal static class TokenCommand
{
    private const string OnTheMachine = "Folder of the estate's YAML: go to the records of --data themselves, as whoever can write that folder, instead of asking a server";

    public static Command Build(Terminal terminal, Func<Task<IStepKindCatalog>> kinds) => new("token", "Make, list and revoke tokens of people")
    {
        Create(terminal, kinds),
        List(terminal, kinds),
        Revoke(terminal, kinds),
    };

    private static Command Create(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var person = new Argument<string>("PERSON") { Description = "Id of a person of the estate" };
        var roles = new Option<string[]>("--role") { Description = "Narrow it to this role of the person; may be given several times. Without it: all roles of the person", HelpName = "ROLE" };
        roles.AcceptOnlyFromAmong([.. EnumWords.All<PersonRole>()]);
        var expires = DurationOption.Create("--expires", "90d", "How long it is good, up to 366d");
        var note = new Option<string?>("--note") { Description = "What it is for; goes on record", HelpName = "TEXT" };
        var machine = new Machine(kinds);
        var command = machine.Command("create", "Make a token of a person; it is shown once, on standard output");
        command.Add(person);
        command.Add(roles);
        command.Add(expires);
        command.Add(note);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var asked = parse.GetValue(roles) is { Length: > 0 } words ? words.Select(Role).ToList() : null;
            var request = new TokenRequest(parse.GetRequiredValue(person), asked, DurationOption.Read(parse, expires), parse.GetValue(note));
            var made = await machine.DoAsync(
                parse,
                async (desk, estate) => await desk.CreateAsync(request, Person.LocalOperatorId, [], TokenDesk.DataFolder, cancellationToken) switch
                {
                    TokenResult.Made token => Node(new MadeTokenDocument(token.Secret, TokenDocument.Of(token.Token, token.Token.CreatedAt, estate))),
                    TokenResult.Refused { Refusal: var refusal } => throw new CommandFailedException(ExitCodes.Usage, refusal.Detail),
                    var other => throw new InvalidOperationException($"{other.GetType()} is no result of this."),
                },
                api => api.PostAsync("tokens", Body(request), cancellationToken));
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, made);
                return ExitCodes.Fine;
            }

            // The token alone on standard output, so that it can go into a file of its owner without being seen.
            var document = made["document"]!;
            terminal.Error.WriteLine($"Token {document["id"]} of {document["person"]}, good until {Wording.Moment(document["expiresAt"]!.GetValue<DateTimeOffset>())}. It is shown once; give it to its person and keep no copy:");
            terminal.Out.WriteLine(made["token"]!.ToString());
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command List(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var machine = new Machine(kinds);
        var command = machine.Command("list", "List all tokens of people, without the tokens");
        command.SetAction(async (parse, cancellationToken) =>
        {
            var tokens = await machine.DoAsync(
                parse,
                async (desk, estate) => Node<IReadOnlyList<TokenDocument>>([.. (await desk.ListAsync(cancellationToken)).Select(token => TokenDocument.Of(token, terminal.Time.GetUtcNow(), estate))]),
                api => api.GetAsync("tokens", cancellationToken));
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, tokens);
                return ExitCodes.Fine;
            }

            if (tokens.AsArray().Count == 0)
            {
                terminal.Out.WriteLine("No token yet. Make one with: dro token create PERSON");
                return ExitCodes.Fine;
            }

            var columns = new Columns("id", "person", "state", "roles", "made by", "made", "expires", "last used", "note");
            foreach (var token in tokens.AsArray().Select(node => node!))
            {
                columns.Add(
                    token["id"]!.ToString(),
                    token["person"]!.ToString(),
                    token["state"]! + (token["revokedBy"] is { } by ? $" by {by}" : ""),
                    token["roles"] is JsonArray roles ? string.Join(',', roles.Select(role => role!.ToString())) : "all of the person",
                    token["createdBy"]!.ToString(),
                    Moment(token["createdAt"]),
                    Moment(token["expiresAt"]),
                    Moment(token["lastUsedAt"]),
                    token["note"]?.ToString() ?? "");
            }

            columns.Write(terminal.Out);
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Revoke(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var id = new Argument<long>("ID") { Description = "Number of the token" };
        var machine = new Machine(kinds);
        var command = machine.Command("revoke", "End a token, and every session it opened");
        command.Add(id);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var number = parse.GetValue(id);
            var revoked = await machine.DoAsync(
                parse,
                async (desk, estate) => await desk.RevokeAsync(number, Person.LocalOperatorId, TokenDesk.DataFolder, cancellationToken) is { } token
                    ? Node(TokenDocument.Of(token, terminal.Time.GetUtcNow(), estate))
                    : throw new CommandFailedException(ExitCodes.Usage, $"There is no token {number}."),
                api => api.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"tokens/{number}"), cancellationToken));
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, revoked);
            }
            else
            {
                terminal.Out.WriteLine($"Token {number} of {revoked["person"]} is revoked.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static JsonObject Body(TokenRequest request) => new()
    {
        ["person"] = request.Person,
        ["roles"] = request.Roles is null ? null : new JsonArray([.. request.Roles.Select(role => (JsonNode)role.Word())]),
        ["lifetime"] = request.Lifetime.TotalSeconds,
        ["note"] = request.Note,
    };

    private static PersonRole Role(string word) => EnumWords.TryParse<PersonRole>(word, out var role) ? role : throw new ArgumentException(word);

    private static string Moment(JsonNode? node) => node is null ? "-" : Wording.Moment(node.GetValue<DateTimeOffset>());

    /// <summary>As the API would write it.</summary>
    private static JsonNode Node<T>(T document) => JsonSerializer.SerializeToNode(document, typeof(T), ApiJson.Default)!;

    /// <summary>The two ways to the tokens: the API of a server, or the records of its data folder.</summary>
    private sealed class Machine(Func<Task<IStepKindCatalog>> kinds)
    {
        private readonly Option<string?> _estate = new("--estate") { Description = OnTheMachine, HelpName = "DIR" };
        private readonly DatabaseOption _database = new();

        public Command Command(string name, string description)
        {
            var command = CommonOptions.Client(name, description);
            command.Add(_estate);
            command.Add(_database.Text);
            command.Add(_database.File);
            return command;
        }

        public async Task<JsonNode> DoAsync(ParseResult parse, Func<TokenDesk, Estate, Task<JsonNode>> here, Func<ApiClient, Task<JsonNode>> there)
        {
            if (parse.GetValue(_estate) is not { } folder)
            {
                using var api = CommonOptions.Connect(parse);
                return await there(api);
            }

            var data = CommonOptions.DataFolder(parse) ?? throw new CommandFailedException(ExitCodes.Usage, "--estate goes to the records of a data folder: name it with --data DIR.");
            var estate = EstateReading.Require(folder, await kinds()).Estate;
            try
            {
                return await MachineTokens.WithAsync(data, _database.Read(parse), estate, desk => here(desk, estate));
            }
            catch (ServeException refused)
            {
                throw new CommandFailedException(refused.Failure.ExitCode, refused.Failure.Message);
            }
        }
    }
}
